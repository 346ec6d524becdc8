package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1073741824, 1073741824",
        "7b, 7",
        "1k, 1024",
        "1K, 1024",
        "1kb, 1024",
        "1KiB, 1024",
        "512m, 536870912",
        "512 MB, 536870912",
        "1.5g, 1610612736",
        "1.5GiB, 1610612736",
        "0.0001k, 0",
        "2t, 2199023255552",
        "1p, 1125899906842624",
        "8191p, 9222246136947933184",
    })
    void a_size_is_read_as_the_peers_read_it(String text, long bytes) {
        assertThat(Bytes.parse(text)).isEqualTo(OptionalLong.of(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "x",
                "k",
                "1x",
                "1kk",
                "1bb",
                "1bib",
                "1e",
                ".5g",
                "5.g",
                "1.2.3g",
                "1,5g",
                "0x10",
                "8192p",
                "99999999999999999999",
                "1 k b",
                "1000000000000000000000000000000000000000000000"
            })
    void what_is_no_size_is_none(String text) {
        assertThat(Bytes.parse(text)).isEmpty();
    }
}
