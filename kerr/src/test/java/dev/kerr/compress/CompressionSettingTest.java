package dev.kerr.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.compress.CompressionSetting.Gzip;
import dev.kerr.compress.CompressionSetting.Zstd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionSettingTest {
    @ParameterizedTest
    @CsvSource({
        "zstd, zstd:3",
        "zstd:1, zstd:1",
        "zstd:22, zstd:22",
        "gzip, gzip:9",
        "gzip:1, gzip:1",
        "lz4, lz4",
        "xz, xz",
        "none, none"
    })
    void a_setting_is_a_name_and_perhaps_a_level(String text, String meant) {
        assertThat(CompressionSetting.parse(text))
                .map(CompressionSetting::toString)
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "zstd:",
                "zstd:0",
                "zstd:23",
                "zstd:03",
                "zstd:-1",
                "zstd:x",
                "zstd:3:4",
                "zstd 3",
                "ZSTD",
                "gzip:10",
                "lz4:1",
                "xz:9",
                "none:1",
                "lzo",
                ":3"
            })
    void anything_else_is_none(String text) {
        assertThat(CompressionSetting.parse(text)).isEmpty();
    }

    @Test
    void levels_that_there_are_not_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Zstd(23));
        assertThatIllegalArgumentException().isThrownBy(() -> new Gzip(0));
    }

    @Test
    void nothing_packs_when_nothing_is_to_be_packed() {
        assertThat(new CompressionSetting.None().compressor(4096)).isEmpty();
    }
}
