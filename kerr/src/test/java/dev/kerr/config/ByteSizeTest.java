package dev.kerr.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @Test
    void units_are_of_1024() {
        assertThat(ByteSize.parse("4096")).hasValue(4096);
        assertThat(ByteSize.parse("4K")).hasValue(4096);
        assertThat(ByteSize.parse("1m")).hasValue(1 << 20);
        assertThat(ByteSize.parseMebibytes("2")).hasValue(2 << 20);
        assertThat(ByteSize.parseMebibytes("2K")).hasValue(2048);
        assertThat(ByteSize.parseMebibytes("0")).hasValue(0);
        assertThat(ByteSize.parseMebibytes("")).isEmpty();
        assertThat(ByteSize.parse("999999999G")).hasValue(999_999_999L << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "0", "0K", "-1", "+1", "1.5M", "1T", "1 K", "1KB", "10000000000", "٣"})
    void all_else_is_no_size(String text) {
        assertThat(ByteSize.parse(text)).isEmpty();
    }
}
