package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Zoë ☃ \ud83d\ude00", "\ufffd", "a\uffffb", "\u0000\n"})
    void text_becomes_itself(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void bytes_that_are_no_text_become_themselves() {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[i % 50];
            random.nextBytes(bytes);
            assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void what_is_ascii_among_them_can_be_read() {
        assertThat(RawText.decode(new byte[] {'a', (byte) 0xff, '=', (byte) 0xc3}))
                .startsWith("a")
                .contains("=");
    }

    @Test
    void text_that_lost_bytes_is_known() {
        assertThat(RawText.mayHaveLost(new String(new byte[] {(byte) 0xff}, StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(RawText.mayHaveLost("Zoë")).isFalse();
    }
}
