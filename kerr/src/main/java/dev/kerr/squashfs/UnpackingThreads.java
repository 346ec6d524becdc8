package dev.kerr.squashfs;

import dev.kerr.squashfs.UnpackingWork.Batch;
import dev.kerr.squashfs.UnpackingWork.End;
import dev.kerr.squashfs.UnpackingWork.NewFile;
import dev.kerr.squashfs.UnpackingWork.Piece;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Threads that unpack contents, each with a reader of its own.
///
/// They are never interrupted: that would close the channel, which is the caller's.
final class UnpackingThreads implements AutoCloseable {
    private static final long REPORT_MILLIS = 100;

    private final Image image;
    private final Target target;
    private final UnpackSettings.Progress listener;
    private final UnpackingProgress progress = new UnpackingProgress();
    private final BlockingQueue<UnpackingWork> queue;
    private final List<Thread> threads = new ArrayList<>();
    private long reported;

    /// @param count of threads, at least 1
    UnpackingThreads(Image image, Target target, int count, UnpackSettings.Progress listener) {
        this.image = image;
        this.target = target;
        this.listener = listener;
        this.queue = new ArrayBlockingQueue<>(2 * count + 2);
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().daemon().name("unpack-" + i).start(this::work));
        }
    }

    /// The bytes that a file system is in.
    record Image(FileChannel channel, long offset, long size) {
        SquashfsReader open() throws IOException {
            return SquashfsReader.open(channel, offset, size);
        }
    }

    /// Where files are made.
    ///
    /// @param root an open directory
    /// @param shown that directory as a person knows it
    record Target(int root, String shown, LeftOut leftOut) {}

    UnpackingProgress progress() {
        return progress;
    }

    /// Has something done, by whichever thread is free first; waits if there is much to do.
    ///
    /// @throws IOException what has gone wrong in a thread meanwhile
    void submit(UnpackingWork work) throws IOException {
        try {
            queue.put(work);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        report();
    }

    /// So many bytes need no work, since they are in a hole.
    ///
    /// @throws IOException as [#submit]
    void passOver(long bytes) throws IOException {
        progress.add(bytes);
        if (Thread.interrupted()) {
            throw interrupted(new InterruptedException());
        }
        report();
    }

    private static InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        var interrupted = new InterruptedIOException("interrupted while unpacking");
        interrupted.initCause(cause);
        return interrupted;
    }

    /// Tells how far all have come.
    private void report() throws IOException {
        if (progress.failure().isPresent()) {
            switch (progress.failure().get()) {
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                case Error error -> throw error;
                case Throwable other -> throw new IllegalStateException(other);
            }
        }
        long bytes = progress.bytes();
        if (bytes > reported) {
            listener.advanced(bytes - reported);
            reported = bytes;
        }
    }

    /// Waits until all is done.
    void finish() throws IOException {
        for (int i = 0; i < threads.size(); i++) {
            submit(new End());
        }
        try {
            for (Thread thread : threads) {
                while (!thread.join(Duration.ofMillis(REPORT_MILLIS))) {
                    report();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        report();
    }

    private void work() {
        try (Arena arena = Arena.ofConfined();
                SquashfsReader reader = image.open()) {
            var host = new NewFiles(arena, target.shown);
            workWith(new ContentUnpacker(reader, host, target.leftOut, progress, target.root));
        } catch (IOException | RuntimeException | Error e) {
            // Not swallowed: report() throws it.
            progress.fail(e);
            discard();
        }
    }

    private void workWith(ContentUnpacker unpacker) throws IOException {
        while (true) {
            switch (take()) {
                case Batch batch -> {
                    for (NewFile file : batch.files()) {
                        if (!progress.isStopped()) {
                            unpacker.unpack(file);
                        }
                    }
                }
                case Piece piece -> {
                    if (!progress.isStopped()) {
                        unpacker.unpack(piece);
                    }
                }
                case End _ -> {
                    return;
                }
            }
        }
    }

    /// So that no one waits for room in the queue.
    private void discard() {
        UnpackingWork work = take();
        while (!(work instanceof End)) {
            work = take();
        }
    }

    private UnpackingWork take() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
        }
    }

    /// Ends the threads after what they are doing right now.
    @Override
    public void close() {
        progress.stop();
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                // More of them than threads may be left in the queue, which goes with this.
                queue.offer(new End());
                try {
                    thread.join(1);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
