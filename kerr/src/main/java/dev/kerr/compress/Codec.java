package dev.kerr.compress;

import java.util.zip.DataFormatException;

/// Unpacks blocks that were compressed one by one. Not thread-safe; holds native memory until closed.
public interface Codec extends AutoCloseable {
    /// Unpacks the block in the first `length` bytes of `source` into the start of `target`.
    ///
    /// @return the bytes written, at most `target.length`
    /// @throws DataFormatException if the block is damaged or cut short, or holds more than `target` takes
    int decompress(byte[] source, int length, byte[] target) throws DataFormatException;

    /// Frees what the codec holds; a second call does nothing.
    @Override
    void close();
}
