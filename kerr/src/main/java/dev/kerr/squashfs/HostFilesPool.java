package dev.kerr.squashfs;

import java.lang.foreign.Arena;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/// [HostFiles] for many threads, used again and again. Thread-safe.
final class HostFilesPool implements AutoCloseable {
    private final Arena arena = shared();
    private final Deque<HostFiles> free = new ConcurrentLinkedDeque<>();

    @SuppressWarnings("MustBeClosedChecker") // closed with this
    private static Arena shared() {
        return Arena.ofShared();
    }

    HostFiles acquire() {
        HostFiles files = free.pollLast();
        return files == null ? new HostFiles(arena) : files;
    }

    /// Takes back what no one uses any more.
    void release(HostFiles files) {
        free.addLast(files);
    }

    /// Frees the memory of all of them, which must not be in use.
    @Override
    public void close() {
        arena.close();
    }
}
