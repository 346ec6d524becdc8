package dev.kerr.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
    @TempDir
    Path directory;

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void a_key_is_found_among_others_in_files_that_need_not_be_there() throws Exception {
        var one = new Signer();
        var other = new Signer();
        Path binary = Files.write(directory.resolve("binary"), joined(one.certificate(), other.certificate()));
        String armor = "others\n" + Signer.armor(Armor.PUBLIC_KEYS, one.certificate()) + "and\n"
                + Signer.armor(Armor.PUBLIC_KEYS, other.certificate());
        Path text = Files.writeString(directory.resolve("text"), armor);
        var keyring = new Keyring(List.of(directory.resolve("absent"), binary, text));
        assertThat(keyring.certificates(one.fingerprint())).hasSize(2).allMatch(key -> isKeyOf(key, one));
        assertThat(keyring.certificates(other.fingerprint())).hasSize(2).allMatch(key -> isKeyOf(key, other));
        assertThat(keyring.certificates(new Signer().fingerprint())).isEmpty();
    }

    private static boolean isKeyOf(byte[] certificate, Signer signer) {
        try {
            return Arrays.equals(certificate, signer.certificate());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void an_empty_keyring_has_no_keys() throws Exception {
        Path empty = Files.write(directory.resolve("empty"), new byte[0]);
        assertThat(new Keyring(List.of(empty)).certificates(new Signer().fingerprint()))
                .isEmpty();
    }

    @Test
    void a_damaged_keyring_is_named() throws Exception {
        var signer = new Signer();
        byte[] key = signer.certificate();
        Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(key, key.length - 1));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> new Keyring(List.of(cut)).certificates(signer.fingerprint()))
                .withMessage("the keyring " + cut + " is damaged: truncated packet of OpenPGP");
    }

    @Test
    void a_page_of_the_web_is_no_keyring() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() ->
                        Keyring.certificates("<html>".getBytes(StandardCharsets.UTF_8), new Signer().fingerprint()))
                .withMessageContaining("there are no public keys");
    }

    @Test
    void packets_are_found_by_every_form_of_length() throws Exception {
        byte[] packets = {
            (byte) 0x88,
            1,
            7, // old, a length of one byte
            (byte) 0x89,
            0,
            1,
            7, // of two
            (byte) 0x8a,
            0,
            0,
            0,
            1,
            7, // of four
            (byte) 0xc2,
            1,
            7, // new, of one
            (byte) 0xc2,
            (byte) 0xff,
            0,
            0,
            0,
            1,
            7 // of five
        };
        assertThat(PgpPacket.split(packets))
                .allMatch(packet -> packet.tag() == PgpPacket.SIGNATURE && packet.end() - packet.body() == 1)
                .hasSize(5);
        byte[] two = new byte[3 + 192];
        two[0] = (byte) 0xc2;
        two[1] = (byte) 192;
        assertThat(PgpPacket.split(two))
                .singleElement()
                .extracting(PgpPacket::body)
                .isEqualTo(3);
    }

    @Test
    void packets_in_parts_or_without_an_end_are_refused() {
        for (byte[] packet : List.of(
                new byte[] {(byte) 0x8b, 1, 7},
                new byte[] {(byte) 0xc2, (byte) 0xe0, 7},
                new byte[] {(byte) 0xc2},
                new byte[] {(byte) 0xc2, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                new byte[] {0x42, 1, 7})) {
            assertThatExceptionOfType(FormatException.class).isThrownBy(() -> PgpPacket.split(packet));
        }
    }
}
