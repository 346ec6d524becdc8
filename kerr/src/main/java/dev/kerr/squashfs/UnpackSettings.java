package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

/// How a file system is to be unpacked.
///
/// @param threads that unpack contents, at least 1
/// @param progress is told what has been done
public record UnpackSettings(int threads, Progress progress) {
    /// Is told, on the thread that called the unpacker, how far it has come.
    public interface Progress {
        /// So many bytes of contents have been unpacked since the last call, holes included.
        void advanced(long bytes);
    }

    /// Refuses null and no threads.
    public UnpackSettings {
        requireNonNull(progress);
        if (threads < 1) {
            throw new IllegalArgumentException("no such number of threads: " + threads);
        }
    }

    /// All processors, and nobody told.
    public static UnpackSettings usual() {
        return new UnpackSettings(Runtime.getRuntime().availableProcessors(), bytes -> {});
    }
}
