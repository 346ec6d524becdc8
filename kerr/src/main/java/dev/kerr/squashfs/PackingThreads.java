package dev.kerr.squashfs;

import dev.kerr.bytes.FutureResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;

/// Threads that do tasks in the order they come, each at a [Workbench] of its own.
///
/// There is no bound on the tasks that wait; whoever submits them counts.
final class PackingThreads implements AutoCloseable {
    private final BlockingQueue<Job<?>> jobs = new LinkedBlockingQueue<>();
    private final List<Workbench> benches = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    PackingThreads(WriterSettings settings, BufferPool buffers) {
        for (int i = 0; i < settings.threads(); i++) {
            var bench = new Workbench(settings, buffers);
            benches.add(bench);
            threads.add(Thread.ofPlatform().daemon().name("pack-" + i).start(() -> work(bench)));
        }
    }

    /// What can be done at a workbench.
    interface Task<T> {
        /// Does it.
        T run(Workbench bench) throws IOException;
    }

    private record Job<T>(Task<T> task, CompletableFuture<T> result) {
        void run(Workbench bench) {
            try {
                result.complete(task.run(bench));
            } catch (IOException | RuntimeException | Error e) {
                // Not swallowed: whoever asks for the result gets it.
                result.completeExceptionally(e);
            }
        }
    }

    private void work(Workbench bench) {
        try {
            while (true) {
                jobs.take().run(bench);
            }
        } catch (InterruptedException e) {
            // That is how close() ends a thread.
            Thread.currentThread().interrupt();
        }
    }

    <T> Future<T> submit(Task<T> task) {
        var job = new Job<>(task, new CompletableFuture<T>());
        jobs.add(job);
        return job.result;
    }

    /// Waits for the result of a task.
    ///
    /// @throws IOException what the task has thrown; unchecked ones too
    static <T> T result(Future<T> future) throws IOException {
        return FutureResult.of(future, "packing");
    }

    /// Ends the threads after what they are doing right now, and forgets the tasks that wait.
    @Override
    public void close() {
        jobs.clear();
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        benches.forEach(Workbench::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
