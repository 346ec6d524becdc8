package dev.kerr.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

class CodecTest {
    /// Compressible, but not to nothing.
    private static final byte[] PLAIN = plain();

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "XZ", "LZ4", "ZSTD"})
    void a_codec_unpacks_block_after_block(Compression compression) throws Exception {
        byte[] packed = pack(compression, PLAIN);
        byte[] little = pack(compression, new byte[] {42});
        try (Codec codec = compression.codec()) {
            for (int i = 0; i < 3; i++) {
                byte[] target = new byte[PLAIN.length];
                assertThat(codec.decompress(packed, packed.length, target)).isEqualTo(PLAIN.length);
                assertThat(target).isEqualTo(PLAIN);
                assertThat(codec.decompress(little, little.length, target)).isEqualTo(1);
                assertThat(target[0]).isEqualTo((byte) 42);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "XZ", "LZ4", "ZSTD"})
    void a_block_that_holds_more_than_the_target_takes_is_refused(Compression compression) throws Exception {
        byte[] packed = pack(compression, PLAIN);
        try (Codec codec = compression.codec()) {
            assertThatExceptionOfType(DataFormatException.class)
                    .isThrownBy(() -> codec.decompress(packed, packed.length, new byte[PLAIN.length - 1]));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "XZ", "LZ4", "ZSTD"})
    void a_block_cut_anywhere_is_refused_or_shorter(Compression compression) throws Exception {
        byte[] packed = pack(compression, PLAIN);
        byte[] target = new byte[PLAIN.length];
        try (Codec codec = compression.codec()) {
            for (int length = 0; length < packed.length; length += 7) {
                try {
                    assertThat(codec.decompress(packed, length, target)).isLessThan(PLAIN.length);
                } catch (DataFormatException expected) {
                    assertThat(expected)
                            .hasMessageStartingWith(compression == Compression.GZIP ? "zlib" : compression.label());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "XZ", "LZ4", "ZSTD"})
    void damage_to_any_byte_ends_in_a_value_or_a_refusal(Compression compression) throws Exception {
        byte[] packed = pack(compression, Arrays.copyOf(PLAIN, 500));
        byte[] target = new byte[8192];
        int refused = 0;
        try (Codec codec = compression.codec()) {
            for (int bit = 0; bit < packed.length * 8; bit++) {
                byte[] damaged = packed.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    assertThat(codec.decompress(damaged, damaged.length, target))
                            .isBetween(0, target.length);
                } catch (DataFormatException expected) {
                    refused++;
                }
            }
            assertThat(codec.decompress(packed, packed.length, target)).isEqualTo(500);
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LZMA", "LZO"})
    void what_we_do_not_unpack_is_known_by_name(String name) {
        Compression compression = Compression.valueOf(name);
        assertThat(compression.isSupported()).isFalse();
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(compression::codec);
    }

    @Test
    void numbers_of_squashfs_name_compressions() {
        assertThat(Compression.ofSquashfsId(1)).contains(Compression.GZIP);
        assertThat(Compression.ofSquashfsId(6)).contains(Compression.ZSTD);
        assertThat(Compression.ofSquashfsId(0)).isEmpty();
        assertThat(Compression.ofSquashfsId(7)).isEmpty();
    }

    @Test
    void an_xz_block_that_asks_for_a_huge_dictionary_is_refused() throws Exception {
        var options = new LZMA2Options(1);
        options.setDictSize(16 << 20);
        byte[] packed = packXz(new byte[] {1}, options);
        try (Codec codec = Compression.XZ.codec()) {
            assertThatExceptionOfType(DataFormatException.class)
                    .isThrownBy(() -> codec.decompress(packed, packed.length, new byte[10]))
                    .withMessageContaining("xz block is damaged");
        }
    }

    @Test
    void an_lz4_match_may_overlap_what_it_makes() throws Exception {
        // literals "ab", then a match of 4 + 7 bytes at distance 2, then the last literals "c"
        byte[] packed = {0x27, 'a', 'b', 2, 0, 0x10, 'c'};
        byte[] target = new byte[14];
        try (Codec codec = Compression.LZ4.codec()) {
            assertThat(codec.decompress(packed, packed.length, target)).isEqualTo(14);
        }
        assertThat(target).asString().isEqualTo("ababababababac");
    }

    private static byte[] plain() {
        byte[] plain = new byte[20_000];
        var random = new Random(1);
        for (int i = 0; i < plain.length; i++) {
            plain[i] = (byte) (i % 1000 < 500 ? 'a' : 'a' + random.nextInt(4));
        }
        return plain;
    }

    private static byte[] pack(Compression compression, byte[] plain) throws IOException {
        return switch (compression) {
            case GZIP -> packZlib(plain);
            case XZ -> packXz(plain, new LZMA2Options(1));
            case LZ4 -> packLz4(plain);
            case ZSTD -> Zstd.compress(plain);
            case LZMA, LZO -> throw new IllegalArgumentException(compression.label());
        };
    }

    private static byte[] packZlib(byte[] plain) {
        try (var deflater = new Deflater()) {
            deflater.setInput(plain);
            deflater.finish();
            byte[] packed = new byte[plain.length + 100];
            return Arrays.copyOf(packed, deflater.deflate(packed));
        }
    }

    private static byte[] packXz(byte[] plain, LZMA2Options options) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new XZOutputStream(bytes, options, XZ.CHECK_CRC32)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    /// A plain packer: the longest match at distance 1 or 1000, else a literal.
    private static byte[] packLz4(byte[] plain) {
        var packed = new ByteArrayOutputStream();
        int literals = 0;
        int at = 0;
        while (at < plain.length) {
            int one = matchAt(plain, at, 1);
            int thousand = matchAt(plain, at, 1000);
            int longest = Math.max(one, thousand);
            if (longest < 4) {
                at++;
                continue;
            }
            writeSequence(packed, plain, literals, at, longest);
            int distance = one == longest ? 1 : 1000;
            packed.write(distance);
            packed.write(distance >> 8);
            writeLength(packed, longest - 4);
            at += longest;
            literals = at;
        }
        writeSequence(packed, plain, literals, at, 4);
        return packed.toByteArray();
    }

    private static int matchAt(byte[] plain, int at, int distance) {
        int length = 0;
        // The last five bytes of a block are literals.
        while (at >= distance
                && at + length < plain.length - 5
                && plain[at + length] == plain[at + length - distance]) {
            length++;
        }
        return length;
    }

    private static void writeSequence(ByteArrayOutputStream packed, byte[] plain, int from, int to, int match) {
        int literals = to - from;
        packed.write(Math.min(15, literals) << 4 | Math.min(15, match - 4));
        writeLength(packed, literals);
        packed.write(plain, from, literals);
    }

    private static void writeLength(ByteArrayOutputStream packed, int length) {
        int left = length - 15;
        while (left >= 0) {
            packed.write(Math.min(255, left));
            left -= 255;
        }
    }
}
