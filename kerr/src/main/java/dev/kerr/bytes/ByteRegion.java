package dev.kerr.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// A stretch of a file: positions given to it count from its start, and nothing outside it can be read.
///
/// The channel belongs to the caller, its own position is neither used nor moved, and reads of several threads do
/// not disturb each other.
///
/// @param channel the file
/// @param offset first byte of the stretch, from the start of the file
/// @param size bytes in the stretch; the file itself may be shorter, which shows as a [FormatException] when read
public record ByteRegion(FileChannel channel, long offset, long size) {
    /// Refuses an offset or size below zero, and an end that a `long` cannot hold.
    public ByteRegion {
        Objects.requireNonNull(channel);
        if (offset < 0 || size < 0 || offset > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException("no such region: " + size + " bytes at " + offset);
        }
    }

    /// The whole file as it is now.
    ///
    /// @throws IOException if the size of the file cannot be learned
    public static ByteRegion whole(FileChannel channel) throws IOException {
        return new ByteRegion(channel, 0, channel.size());
    }

    /// Where position `at` of this region is in the file.
    public long absolute(long at) {
        return offset + at;
    }

    /// Whether `length` bytes at `at` lie inside.
    public boolean contains(long at, long length) {
        return at >= 0 && length >= 0 && at <= size && length <= size - at;
    }

    /// Reads exactly `length` bytes at `at` into the start of `into`.
    ///
    /// @param field what is being read, for the message: `superblock`
    /// @throws FormatException if they lie outside the region, or the file ends before them
    public void read(long at, byte[] into, int length, String field) throws IOException {
        if (!contains(at, length)) {
            throw new FormatException(field + " lies outside its " + size + " bytes", at < 0 ? offset : offset + at);
        }
        if (readSome(at, into, length) < length) {
            throw new FormatException("truncated file: " + field + " is cut short", offset + at);
        }
    }

    /// Reads up to `length` bytes at `at`: less where the region or the file ends, as little as none.
    ///
    /// @return the bytes read
    public int readSome(long at, byte[] into, int length) throws IOException {
        if (at < 0 || at >= size) {
            return 0;
        }
        int wanted = (int) Math.min(length, size - at);
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, wanted);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + at + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.position();
    }
}
