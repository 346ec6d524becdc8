package dev.kerr.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Packed blocks that ask for more than they get. Families of hostile input are numbered as in
/// [dev.kerr.squashfs.HostileSquashfsTest].
@Timeout(60)
@SuppressWarnings("ByteBufferBackingArray") // all buffers are of littleEndian
public class HostileBlocksTest {
    private static final int BLOCK = 1 << 20;

    /// B-068: the window is the block, whatever the frame says.
    @ParameterizedTest
    @ValueSource(ints = {0xa8, 0xaf})
    void a_zstd_frame_that_asks_for_a_window_of_2_gib_takes_no_more_than_a_block(int window) throws Exception {
        ByteBuffer frame = littleEndian(20).putInt(0xfd2fb528).put((byte) 0).put((byte) window);
        // One block, the last, of the byte 7 repeated 128 Ki times.
        int header = 128 * 1024 << 3 | 1 << 1 | 1;
        frame.put((byte) header).putShort((short) (header >>> 8)).put((byte) 7);
        try (Codec codec = Compression.ZSTD.codec()) {
            byte[] target = new byte[BLOCK];
            int length = 0;
            try {
                length = codec.decompress(frame.array(), frame.position(), target);
            } catch (DataFormatException refused) {
                assertThat(refused).hasMessageContaining("zstd block is damaged");
            }
            assertThat(length).isIn(0, 128 * 1024);
        }
    }

    /// B-068
    @Test
    void a_zstd_frame_that_says_it_holds_exabytes_is_refused_unallocated() {
        // Single segment, eight bytes of size.
        ByteBuffer frame = littleEndian(20).putInt(0xfd2fb528).put((byte) 0xe0).putLong(Long.MAX_VALUE);
        assertRefused(Compression.ZSTD, Arrays.copyOf(frame.array(), 16), "zstd block is damaged");
    }

    /// B-068: 40 stands for 4 GiB less one byte.
    @ParameterizedTest
    @ValueSource(ints = {24, 30, 39, 40})
    void an_xz_block_with_a_dictionary_of_gibibytes_is_refused_unallocated(int dictionary) throws IOException {
        byte[] block = xz(new byte[10_000]);
        // Header of the first block behind 12 bytes of the stream's: size, flags, LZMA2, 1 byte, the dictionary.
        assertThat(block).startsWith(0xfd, '7', 'z', 'X', 'Z', 0);
        int at = 12;
        int size = (block[at] + 1) * 4;
        int properties = at + 4;
        assertThat(Arrays.copyOfRange(block, at + 2, properties)).containsExactly(0x21, 1);
        block[properties] = (byte) dictionary;
        var crc = new CRC32();
        crc.update(block, at, size - 4);
        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).putInt(at + size - 4, (int) crc.getValue());
        assertRefused(Compression.XZ, block, "xz block is damaged");
    }

    /// B-068: lz4 has no window but the block, and no header that could ask for one.
    @Test
    void an_lz4_block_with_lengths_of_gibibytes_is_refused() {
        byte[] literals = new byte[BLOCK];
        Arrays.fill(literals, (byte) 0xff);
        assertRefused(Compression.LZ4, literals, "lz4");
        literals[BLOCK - 1] = 0;
        assertRefused(Compression.LZ4, literals, "lz4 literals run over the end of the block");
        byte[] match = literals.clone();
        match[0] = 0x1f;
        match[2] = 1;
        match[3] = 0;
        assertRefused(Compression.LZ4, match, "lz4 match lies outside the block");
    }

    /// B-053, B-061
    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "XZ", "LZ4", "ZSTD"})
    void a_block_that_holds_one_byte_more_than_it_may_is_refused(Compression compression) throws Exception {
        for (int size : new int[] {8192, BLOCK}) {
            byte[] packed = packed(compression, new byte[size + 1]);
            try (Codec codec = compression.codec()) {
                assertThatExceptionOfType(DataFormatException.class)
                        .isThrownBy(() -> codec.decompress(packed, packed.length, new byte[size]));
                // And what comes next is read as if nothing had been.
                byte[] right = packed(compression, new byte[size]);
                assertThat(codec.decompress(right, right.length, new byte[size]))
                        .isEqualTo(size);
            }
        }
    }

    private static byte[] packed(Compression compression, byte[] plain) throws IOException {
        return switch (compression) {
            case XZ -> xz(plain);
            case ZSTD -> Zstd.compress(plain);
            case LZ4 -> lz4Zeros(plain.length);
            case GZIP, LZMA, LZO -> {
                var bytes = new ByteArrayOutputStream();
                try (var out = new DeflaterOutputStream(bytes)) {
                    out.write(plain);
                }
                yield bytes.toByteArray();
            }
        };
    }

    /// A literal zero, a match of it with itself for all but the last five, and those.
    private static byte[] lz4Zeros(int length) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(0x1f);
        bytes.write(0);
        bytes.write(1);
        bytes.write(0);
        int left = length - 1 - 5 - 4 - 15;
        for (; left >= 255; left -= 255) {
            bytes.write(255);
        }
        bytes.write(left);
        bytes.write(0x50);
        bytes.writeBytes(new byte[5]);
        return bytes.toByteArray();
    }

    private static byte[] xz(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var options = new LZMA2Options(0);
        options.setDictSize(BLOCK);
        try (var out = new XZOutputStream(bytes, options)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static void assertRefused(Compression compression, byte[] block, String message) {
        try (Codec codec = compression.codec()) {
            assertThatExceptionOfType(DataFormatException.class)
                    .isThrownBy(() -> codec.decompress(block, block.length, new byte[BLOCK]))
                    .withMessageContaining(message);
        }
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
