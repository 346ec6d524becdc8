package dev.kerr.squashfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The file system being written, byte after byte; positions count from its start.
final class Output {
    private final FileChannel channel;
    private final long offset;
    private final long sizeBefore;
    private long position;
    private long highest;
    private long written;

    /// @param offset where in the file the file system begins
    Output(FileChannel channel, long offset) throws IOException {
        this.channel = channel;
        this.offset = offset;
        this.sizeBefore = channel.size();
    }

    /// Where the next byte goes.
    long position() {
        return position;
    }

    /// All bytes written so far, also those written over.
    long written() {
        return written;
    }

    /// Goes on from `newPosition`: back over what is not wanted after all, or forward over what comes later.
    void moveTo(long newPosition) {
        highest = Math.max(highest, position);
        position = newPosition;
    }

    void append(byte[] bytes, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, offset + position);
        }
        written += length;
    }

    /// Cuts off what lies behind the current position and was written by us.
    void trim() throws IOException {
        long end = offset + position;
        if (offset + highest > end && channel.size() > Math.max(end, sizeBefore)) {
            channel.truncate(Math.max(end, sizeBefore));
        }
    }
}
