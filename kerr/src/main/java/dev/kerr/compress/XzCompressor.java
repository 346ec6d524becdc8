package dev.kerr.compress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/// One .xz stream a block, with a CRC32 (the only check that the kernel knows) and a dictionary as large as the
/// largest block, which is as much as the kernel gives.
final class XzCompressor implements Compressor {
    /// Stream header and footer, block header, index and check, with room.
    private static final int FRAME_BYTES = 128;

    /// What LZMA2 adds to each chunk of at most 64 KiB that it stores as it is.
    private static final int CHUNK_BYTES = 3;

    private final LZMA2Options options;
    private final ArrayCache arrays = new BasicArrayCache();

    XzCompressor(int blockBytes) {
        try {
            this.options = new LZMA2Options();
            options.setDictSize(Math.max(blockBytes, LZMA2Options.DICT_SIZE_MIN));
        } catch (UnsupportedOptionsException e) {
            throw new IllegalArgumentException("no dictionary has " + blockBytes + " bytes", e);
        }
    }

    @Override
    public int bound(int length) {
        return length + (length / 32_768 + 1) * CHUNK_BYTES + FRAME_BYTES;
    }

    @Override
    public int compress(byte[] source, int length, byte[] target) {
        var bytes = new ByteArrayOutputStream(length / 2 + FRAME_BYTES);
        try (var out = new XZOutputStream(bytes, options, XZ.CHECK_CRC32, arrays)) {
            out.write(source, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException("xz cannot write to memory", e);
        }
        byte[] packed = bytes.toByteArray();
        System.arraycopy(packed, 0, target, 0, packed.length);
        return packed.length;
    }

    @Override
    public void close() {}
}
