package dev.kerr.compress;

import java.util.zip.Deflater;

/// Deflate in a zlib wrapper, packed by the JDK: for where there is no libdeflate, which takes half the time.
final class ZlibCompressor implements Compressor {
    private final Deflater deflater;

    ZlibCompressor(int level) {
        this.deflater = new Deflater(level);
    }

    @Override
    public int bound(int length) {
        // More than compressBound() of any zlib: five bytes for each 16 KiB stored, and some.
        return length + (length >>> 9) + 128;
    }

    @Override
    public int compress(byte[] source, int length, byte[] target) {
        deflater.reset();
        deflater.setInput(source, 0, length);
        deflater.finish();
        int written = deflater.deflate(target);
        if (!deflater.finished()) {
            throw new IllegalStateException("zlib made more of " + length + " bytes than it may");
        }
        return written;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
