package dev.kerr.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// One run for every algorithm and level.
class CompressorTest {
    private static final int LARGEST = 1 << 20;

    static Stream<Arguments> all() {
        return Stream.concat(
                Stream.of("gzip:1", "gzip:2", "gzip:6", "gzip:9", "zstd:1", "zstd:3", "zstd:15", "zstd:22", "lz4", "xz")
                        .map(CompressorTest::setting),
                Stream.of(1, 6, 9)
                        .map(level -> Arguments.of("zlib " + level, Compression.GZIP, new ZlibCompressor(level))));
    }

    private static Arguments setting(String text) {
        var compressor =
                CompressionSetting.parse(text).orElseThrow().compressor(LARGEST).orElseThrow();
        Compression compression = Compression.valueOf(text.replaceAll(":.*", "").toUpperCase(Locale.ROOT));
        return Arguments.of(text, compression, compressor);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void what_is_packed_is_unpacked(String name, Compression compression, Compressor packing) throws Exception {
        try (Compressor compressor = packing;
                Codec codec = compression.codec()) {
            for (int size : new int[] {1, 2, 11, 12, 13, 14, 255, 4095, 4096, 8192, 65_537, 131_072, LARGEST}) {
                for (byte[] plain : List.of(noise(size), new byte[size], text(size))) {
                    byte[] packed = pack(compressor, plain);
                    byte[] unpacked = new byte[size];
                    assertThat(codec.decompress(packed, packed.length, unpacked))
                            .as("%s, %d bytes", name, size)
                            .isEqualTo(size);
                    assertThat(Arrays.equals(unpacked, plain))
                            .as("%s, %d bytes", name, size)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void an_empty_block_is_unpacked_to_nothing(String name, Compression compression, Compressor packing)
            throws Exception {
        try (Compressor compressor = packing;
                Codec codec = compression.codec()) {
            byte[] packed = pack(compressor, new byte[0]);
            assertThat(codec.decompress(packed, packed.length, new byte[10]))
                    .as(name)
                    .isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void the_same_block_makes_the_same_bytes_whatever_came_before(
            String name, Compression compression, Compressor packing) {
        try (Compressor compressor = packing) {
            byte[] plain = text(100_000);
            byte[] first = pack(compressor, plain);
            pack(compressor, noise(50_000));
            pack(compressor, text(10));
            assertThat(pack(compressor, plain)).as(name).isEqualTo(first);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void text_becomes_smaller_and_noise_hardly_larger(String name, Compression compression, Compressor packing) {
        try (Compressor compressor = packing) {
            assertThat(pack(compressor, text(131_072))).as(name).hasSizeLessThan(131_072 * 3 / 5);
            byte[] noise = pack(compressor, noise(131_072));
            assertThat(noise.length).as(name).isBetween(131_072, compressor.bound(131_072));
        }
    }

    @Test
    void blocks_look_as_the_kernel_wants_them() {
        byte[] zlib = pack("gzip:9", text(4096));
        assertThat(zlib).startsWith(0x78, 0xda);
        assertThat((zlib[0] << 8 | zlib[1] & 0xff) % 31).isZero();
        byte[] zstd = pack("zstd:3", text(4096));
        assertThat(zstd).startsWith(0x28, 0xb5, 0x2f, 0xfd);
        assertThat(Zstd.getFrameContentSize(zstd)).isEqualTo(4096);
        // magic, then stream flags: a CRC32
        assertThat(pack("xz", text(4096))).startsWith(0xfd, '7', 'z', 'X', 'Z', 0, 0, 1);
    }

    @Test
    void higher_levels_make_less() {
        byte[] text = text(131_072);
        assertThat(pack("zstd:19", text)).hasSizeLessThan(pack("zstd:1", text).length);
        assertThat(pack("gzip:9", text)).hasSizeLessThan(pack("gzip:1", text).length);
    }

    private static byte[] pack(String setting, byte[] plain) {
        try (Compressor compressor = CompressionSetting.parse(setting)
                .orElseThrow()
                .compressor(LARGEST)
                .orElseThrow()) {
            return pack(compressor, plain);
        }
    }

    private static byte[] pack(Compressor compressor, byte[] plain) {
        byte[] target = new byte[compressor.bound(plain.length)];
        return Arrays.copyOf(target, compressor.compress(plain, plain.length, target));
    }

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        return noise;
    }

    /// Words of a small language.
    private static byte[] text(int size) {
        byte[] text = new byte[size];
        var random = new Random(size);
        int at = 0;
        while (at < size) {
            int word = random.nextInt(200);
            for (int i = 0; i <= word % 9 && at < size; i++) {
                text[at++] = (byte) (i == word % 9 ? ' ' : 'a' + (word * 31 + i * word) % 26);
            }
        }
        return text;
    }
}
