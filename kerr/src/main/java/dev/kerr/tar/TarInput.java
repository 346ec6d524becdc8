package dev.kerr.tar;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;

/// The bytes of an archive, counted.
final class TarInput {
    private static final int SKIPPED_AT_ONCE = 64 * 1024;

    private final InputStream stream;
    private long position;
    private byte[] skipped = {};

    TarInput(InputStream stream) {
        this.stream = stream;
    }

    /// Bytes that have been read.
    long position() {
        return position;
    }

    /// Reads a block of 512 bytes.
    ///
    /// @return false at the end of the archive
    /// @throws FormatException if it ends within the block
    boolean readBlock(byte[] into) throws IOException {
        int count = stream.readNBytes(into, 0, TarHeader.SIZE);
        position += count;
        if (count > 0 && count < TarHeader.SIZE) {
            throw truncated();
        }
        return count > 0;
    }

    /// Reads exactly `length` bytes, and what fills their last block.
    byte[] readPadded(int length) throws IOException {
        byte[] bytes = stream.readNBytes(length);
        position += bytes.length;
        if (bytes.length < length) {
            throw truncated();
        }
        skip(padding(length));
        return bytes;
    }

    /// Reads at least one byte, and up to `length`.
    int read(byte[] into, int from, int length) throws IOException {
        int count = stream.read(into, from, length);
        if (count < 0) {
            throw truncated();
        }
        position += count;
        return count;
    }

    void skip(long count) throws IOException {
        if (count > 0 && skipped.length == 0) {
            skipped = new byte[SKIPPED_AT_ONCE];
        }
        // Read, because what a stream skips may lie behind its end.
        for (long left = count; left > 0; ) {
            left -= read(skipped, 0, (int) Math.min(left, skipped.length));
        }
    }

    /// What fills the last block of `size` bytes.
    static long padding(long size) {
        return -size & (TarHeader.SIZE - 1);
    }

    private FormatException truncated() {
        return new FormatException("truncated tar archive", position);
    }
}
