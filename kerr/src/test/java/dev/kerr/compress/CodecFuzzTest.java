package dev.kerr.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/// Unpacks blocks that a fuzzer makes, into as much room as metadata and data have.
class CodecFuzzTest {
    private static final int METADATA_BLOCK = 8192;
    private static final int DATA_BLOCK = 1 << 17;

    @FuzzTest
    void any_bytes_are_a_zlib_block_or_refused(byte[] block) {
        unpack(Compression.GZIP, block);
    }

    @FuzzTest
    void any_bytes_are_an_xz_block_or_refused(byte[] block) {
        unpack(Compression.XZ, block);
    }

    @FuzzTest
    void any_bytes_are_an_lz4_block_or_refused(byte[] block) {
        unpack(Compression.LZ4, block);
    }

    @FuzzTest
    void any_bytes_are_a_zstd_block_or_refused(byte[] block) {
        unpack(Compression.ZSTD, block);
    }

    /// Our own packer, and our own unpacker.
    @FuzzTest
    void any_bytes_are_packed_by_lz4_and_come_back(byte[] plain) throws DataFormatException {
        try (Compressor compressor = new Lz4Compressor();
                Codec codec = Compression.LZ4.codec()) {
            byte[] packed = new byte[compressor.bound(plain.length)];
            int length = compressor.compress(plain, plain.length, packed);
            byte[] again = new byte[plain.length];
            assertThat(codec.decompress(packed, length, again)).isEqualTo(plain.length);
            assertThat(again).isEqualTo(plain);
        }
    }

    private static void unpack(Compression compression, byte[] block) {
        for (int room : new int[] {METADATA_BLOCK, DATA_BLOCK, 1}) {
            // What lies behind the block is not read.
            byte[] source = Arrays.copyOf(block, block.length + 1);
            try (Codec codec = compression.codec()) {
                int length = codec.decompress(source, block.length, new byte[room]);
                assertThat(length).isBetween(0, room);
            } catch (DataFormatException expected) {
                // Any other exception is a finding.
            }
        }
    }
}
