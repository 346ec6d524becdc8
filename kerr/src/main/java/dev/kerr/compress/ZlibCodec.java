package dev.kerr.compress;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Deflate in a zlib wrapper, unpacked by the JDK.
final class ZlibCodec implements Codec {
    private final Inflater inflater = new Inflater();

    @Override
    public int decompress(byte[] source, int length, byte[] target) throws DataFormatException {
        inflater.reset();
        inflater.setInput(source, 0, length);
        int written = 0;
        while (!inflater.finished()) {
            int more = inflater.inflate(target, written, target.length - written);
            written += more;
            if (more == 0 && !inflater.finished()) {
                throw new DataFormatException(
                        written == target.length ? "zlib block holds more than it may" : "zlib block is cut short");
            }
        }
        return written;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
