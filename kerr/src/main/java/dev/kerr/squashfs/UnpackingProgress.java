package dev.kerr.squashfs;

import dev.kerr.squashfs.UnpackingWork.SharedFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// How far the threads of an unpacker have come, and whether they should go on. Thread-safe.
final class UnpackingProgress {
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Set<SharedFile> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /// So many bytes more are unpacked.
    void add(long more) {
        bytes.addAndGet(more);
    }

    /// Bytes unpacked.
    long bytes() {
        return bytes.get();
    }

    /// Makes all threads stop for this, or for what has come before it.
    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        stopped = true;
    }

    /// Why all threads stop, if it was for a failure.
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /// Makes all threads stop.
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void opened(SharedFile file) {
        open.add(file);
    }

    void closed(SharedFile file) {
        open.remove(file);
    }

    /// Files that were opened and not closed.
    List<SharedFile> leftOpen() {
        return List.copyOf(open);
    }
}
