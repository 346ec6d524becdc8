package dev.kerr.compress;

import io.airlift.compress.v3.deflate.DeflateNativeCompressor;
import java.util.zip.Adler32;

/// Deflate in a zlib wrapper, packed by libdeflate; the wrapper is ours.
///
/// Source: RFC 1950, section 2.2.
final class LibdeflateCompressor implements Compressor {
    private static final int HEADER_SIZE = 2;
    private static final int TRAILER_SIZE = 4;
    /// Deflate with a window of 32 KiB.
    private static final byte METHOD = 0x78;

    private final DeflateNativeCompressor deflate;
    private final byte flags;
    private final Adler32 checksum = new Adler32();

    LibdeflateCompressor(int level) {
        this.deflate = new DeflateNativeCompressor(level);
        // How hard it was tried, which no one uses; makes both bytes, as a big-endian number, a multiple of 31.
        this.flags = (byte) (level < 2 ? 0x01 : level < 6 ? 0x5e : level == 6 ? 0x9c : 0xda);
    }

    /// Whether the native library is there for this machine and could be loaded.
    static boolean isAvailable() {
        return DeflateNativeCompressor.isEnabled();
    }

    @Override
    public int bound(int length) {
        return HEADER_SIZE + deflate.maxCompressedLength(length) + TRAILER_SIZE;
    }

    @Override
    public int compress(byte[] source, int length, byte[] target) {
        int bound = deflate.maxCompressedLength(length);
        int size = deflate.compress(source, 0, length, target, HEADER_SIZE, bound);
        target[0] = METHOD;
        target[1] = flags;
        checksum.reset();
        checksum.update(source, 0, length);
        int sum = (int) checksum.getValue();
        int at = HEADER_SIZE + size;
        for (int shift = 24; shift >= 0; shift -= 8) {
            target[at++] = (byte) (sum >>> shift);
        }
        return at;
    }

    /// Nothing to do: the library frees its memory when the collector finds it unused.
    @Override
    public void close() {}
}
