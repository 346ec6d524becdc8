package dev.kerr.squashfs;

import java.util.ArrayDeque;
import java.util.Deque;

/// Arrays of one size that are used again and again. Thread-safe.
final class BufferPool {
    private final int bytes;
    private final Deque<byte[]> free = new ArrayDeque<>();

    /// @param bytes size of each
    BufferPool(int bytes) {
        this.bytes = bytes;
    }

    /// A buffer with anything in it.
    byte[] acquire() {
        synchronized (free) {
            byte[] buffer = free.pollLast();
            if (buffer != null) {
                return buffer;
            }
        }
        return new byte[bytes];
    }

    /// Takes back a buffer that no one uses any more.
    void release(byte[] buffer) {
        synchronized (free) {
            free.addLast(buffer);
        }
    }
}
