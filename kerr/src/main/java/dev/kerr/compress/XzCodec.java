package dev.kerr.compress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.SingleXZInputStream;

/// One .xz stream a block, with or without a branch filter.
final class XzCodec implements Codec {
    /// Enough for the 1 MiB dictionary that the largest SquashFS block can use, and nothing like what a hostile
    /// header may ask for.
    private static final int MEMORY_LIMIT_KIB = 4 * 1024;

    private final ArrayCache arrays = new BasicArrayCache();

    @Override
    public int decompress(byte[] source, int length, byte[] target) throws DataFormatException {
        try (var in =
                new SingleXZInputStream(new ByteArrayInputStream(source, 0, length), MEMORY_LIMIT_KIB, true, arrays)) {
            int written = in.readNBytes(target, 0, target.length);
            if (written == target.length && in.read() >= 0) {
                throw new DataFormatException("xz block holds more than it may");
            }
            return written;
        } catch (IOException e) {
            // The source is an array: whatever goes wrong is in its bytes.
            var damaged = new DataFormatException("xz block is damaged: " + e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    @Override
    public void close() {}
}
