package dev.kerr.squashfs;

import java.io.IOException;

/// The content of a file, from its first byte on. Used by one thread at a time.
public interface ContentReader extends AutoCloseable {
    /// Reads at least one byte, and up to `length`, into `into` from `from` on.
    ///
    /// @return the bytes read, or -1 at the end
    int read(byte[] into, int from, int length) throws IOException;

    /// Passes over zeros that need not be read, because they are a hole in a sparse file.
    ///
    /// @param most the bytes to pass over at most
    /// @return the bytes passed over, a multiple of `unit` or `most`; 0 where none are known
    default long skipZeros(long most, int unit) throws IOException {
        return 0;
    }

    @Override
    void close() throws IOException;
}
