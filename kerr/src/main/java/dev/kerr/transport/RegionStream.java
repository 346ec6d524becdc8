package dev.kerr.transport;

import dev.kerr.bytes.BulkInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/// A stretch of a file as a stream. The file stays open, and its position is not used.
public final class RegionStream extends BulkInputStream {
    private final FileChannel channel;
    private final long end;
    private long at;

    public RegionStream(FileChannel channel, long offset, long size) {
        this.channel = Objects.requireNonNull(channel);
        this.at = offset;
        this.end = offset + size;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at >= end) {
            return -1;
        }
        int count = channel.read(ByteBuffer.wrap(into, from, (int) Math.min(length, end - at)), at);
        if (count < 0) {
            throw new EOFException("the file became shorter");
        }
        at += count;
        return count;
    }
}
