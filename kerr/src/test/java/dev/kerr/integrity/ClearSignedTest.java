package dev.kerr.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClearSignedTest {
    private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    private static final String SIGNATURE = Signer.armor(Armor.SIGNATURE, new byte[] {1, 2, 3});

    private static ClearSigned parse(String message) throws FormatException {
        return ClearSigned.parse(message.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(String message) throws FormatException {
        return new String(parse(message).text(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void the_text_is_what_is_signed_of_it() throws FormatException {
        String message = BEGIN + "Hash: SHA512\nHash: SHA256\n\n\n- -x \t\n- y\r\nz\n\n" + SIGNATURE;
        assertThat(text(message)).isEqualTo("\r\n-x\r\ny\r\nz\r\n");
        assertThat(parse(message).signatures()).containsExactly(1, 2, 3);
        assertThat(text("\n \n" + message + "\n\t\n")).isEqualTo("\r\n-x\r\ny\r\nz\r\n");
    }

    @Test
    void a_text_may_be_empty() throws FormatException {
        assertThat(text(BEGIN + "\n\n" + SIGNATURE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'x\\n%Bx\\n%S', there is text before the signed message",
        "'%Bx\\n%Sy', there is text behind the signed message",
        "'%Bx\\n%S%Bx\\n%S', there is text behind the signed message",
        "'%B%Bx\\n%S', a line of the signed message begins with a dash",
        "'%B-x\\n%S', a line of the signed message begins with a dash",
        "'%Bx\\ry\\n%S', a line of the signed message has a carriage return in it",
        "'%Bx\\n', the signed message has no signature",
        "'%S', no clear-signed message",
        "'', no clear-signed message"
    })
    void what_is_not_signed_is_refused(String pattern, String problem) {
        String message = pattern.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("%B", BEGIN + "Hash: SHA256\n\n")
                .replace("%S", SIGNATURE);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> parse(message))
                .satisfies(refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    @Test
    void another_header_than_a_hash_is_refused() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> parse(BEGIN + "Hash: SHA256\nComment: {}\n\nx\n" + SIGNATURE))
                .withMessageContaining("another header than Hash");
    }

    @ParameterizedTest
    @CsvSource({
        "'\\n\\nAQID', '\\n\\nAQ!D', armour of OpenPGP is damaged",
        "'AQID', 'AQID\\n=AAAA', the check sum of armour of OpenPGP is another",
        "'AQID', 'AQID\\n=AAAA\\nAQID', armour of OpenPGP goes on behind its check sum",
        "'\\n\\nAQID', '\\nAQID', armour of OpenPGP has no empty line behind its headers"
    })
    void damaged_armour_is_refused(String right, String wrong, String problem) {
        String damaged = SIGNATURE.replace(right.replace("\\n", "\n"), wrong.replace("\\n", "\n"));
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> parse(BEGIN + "\nx\n" + damaged))
                .satisfies(refused -> assertThat(refused.problem()).isEqualTo(problem));
    }
}
