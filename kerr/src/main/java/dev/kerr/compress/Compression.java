package dev.kerr.compress;

import java.util.Optional;

/// The compression algorithms of SquashFS, by the number that stands in its superblock.
///
/// Source: Linux `fs/squashfs/squashfs_fs.h`, `ZLIB_COMPRESSION` and following.
public enum Compression {
    /// Deflate in a zlib wrapper, for all that it is called gzip.
    GZIP(1, "gzip"),
    /// The old LZMA, of patched kernels only.
    LZMA(2, "lzma"),
    /// LZO1X.
    LZO(3, "lzo"),
    /// XZ with LZMA2.
    XZ(4, "xz"),
    /// An LZ4 block without a frame.
    LZ4(5, "lz4"),
    /// One zstd frame.
    ZSTD(6, "zstd");

    private final int squashfsId;
    private final String label;

    Compression(int squashfsId, String label) {
        this.squashfsId = squashfsId;
        this.label = label;
    }

    /// The algorithm with this number in a SquashFS superblock; empty for a number that no one uses.
    public static Optional<Compression> ofSquashfsId(int squashfsId) {
        for (Compression compression : values()) {
            if (compression.squashfsId == squashfsId) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /// The number in a SquashFS superblock.
    public int squashfsId() {
        return squashfsId;
    }

    /// The name as `mksquashfs -comp` takes it.
    public String label() {
        return label;
    }

    /// Whether [#codec] gives one: not for `lzma` and `lzo`.
    public boolean isSupported() {
        return this != LZMA && this != LZO;
    }

    /// A new codec.
    ///
    /// @throws UnsupportedOperationException unless [#isSupported]
    public Codec codec() {
        // No switch: over an enum it would cost one more class on the launch path.
        if (this == GZIP) {
            return new ZlibCodec();
        }
        if (this == ZSTD) {
            return new ZstdCodec();
        }
        if (this == XZ) {
            return new XzCodec();
        }
        if (this == LZ4) {
            return new Lz4Codec();
        }
        throw new UnsupportedOperationException(label);
    }
}
