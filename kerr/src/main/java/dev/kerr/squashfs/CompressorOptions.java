package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.compress.CompressionSetting;

/// What stands behind the superblock about the compressor, as a metadata block that is stored as it is. Only lz4 needs
/// it for unpacking; the others say there with what they packed, if that is not what mksquashfs takes by default.
///
/// Source: squashfs-tools, `gzip_wrapper.h`, `zstd_wrapper.h`, `lz4_wrapper.h`; Linux `fs/squashfs/lz4_wrapper.c`.
final class CompressorOptions {
    private static final int GZIP_DEFAULT_LEVEL = 9;
    private static final int GZIP_WINDOW_LOG = 15;
    private static final int ZSTD_DEFAULT_LEVEL = 15;
    /// A version of lz4's block format, the only one.
    private static final int LZ4_LEGACY = 1;

    private static final int STORED = 0x8000;

    private CompressorOptions() {}

    /// The block with its header; nothing where there is none.
    static byte[] of(CompressionSetting setting) {
        return switch (setting) {
            case CompressionSetting.Gzip(int level)
            when level != GZIP_DEFAULT_LEVEL ->
                // level (4), log₂ of the window (2), strategies (2): the default one
                block(level, GZIP_WINDOW_LOG);
            case CompressionSetting.Zstd(int level) when level != ZSTD_DEFAULT_LEVEL -> block(level);
            // version (4), flags (4): not packed by the slow kind
            case CompressionSetting.Lz4 _ -> block(LZ4_LEGACY, 0);
            case CompressionSetting.None _,
                    CompressionSetting.Gzip _,
                    CompressionSetting.Zstd _,
                    CompressionSetting.Xz _ -> new byte[0];
        };
    }

    private static byte[] block(int... words) {
        byte[] block = new byte[Short.BYTES + words.length * Integer.BYTES];
        LittleEndian.put16(block, 0, (block.length - Short.BYTES) | STORED);
        for (int i = 0; i < words.length; i++) {
            LittleEndian.put32(block, Short.BYTES + i * Integer.BYTES, words[i]);
        }
        return block;
    }
}
