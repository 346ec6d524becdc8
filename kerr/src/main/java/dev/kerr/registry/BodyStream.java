package dev.kerr.registry;

import dev.kerr.bytes.BulkInputStream;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The body of a response, which gives up if no byte comes for too long: the JDK's own stream would wait for ever. What
/// has come and is not read yet is bounded. For one reader.
final class BodyStream extends BulkInputStream implements BodySubscriber<BodyStream> {
    /// Stretches of at most 16 KiB that may lie here unread: 5 MiB in all, as much as a usual part of a blob.
    private static final int MOST_UNREAD = 320;

    private final Outgoing request;
    private final Duration stall;
    private final BlockingQueue<Part> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
    private boolean ended;

    /// What the connection brings, in order.
    private sealed interface Part {
        record Bytes(List<ByteBuffer> buffers) implements Part {}

        record Failure(Throwable cause) implements Part {}

        record End() implements Part {}
    }

    /// How long to wait for the next part, and what it means if none comes.
    private record Patience(Duration duration, String problem) {}

    BodyStream(Outgoing request, Duration stall) {
        this.request = request;
        this.stall = stall;
    }

    /// @throws RegistryException if the connection breaks or stands still
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return read(into, offset, length, new Patience(stall, "no byte came for " + words(stall)));
    }

    /// Reads the whole of a small body.
    ///
    /// @param mostBytes that it may have
    /// @param within the time for all of it
    /// @throws RegistryException if it is too long, or takes too long
    byte[] readAll(int mostBytes, Duration within) throws IOException {
        long deadline = System.nanoTime() + within.toNanos();
        byte[] all = new byte[1024];
        int count = 0;
        while (true) {
            int read = read(all, count, all.length - count, patience(deadline - System.nanoTime(), within));
            if (read < 0) {
                return Arrays.copyOf(all, count);
            }
            count += read;
            if (count > mostBytes) {
                throw request.fault(Problem.WRONG_ANSWER, "the answer has more than " + mostBytes + " bytes", "");
            }
            if (count == all.length) {
                all = Arrays.copyOf(all, 2 * count);
            }
        }
    }

    private Patience patience(long leftNanos, Duration within) {
        return leftNanos < stall.toNanos()
                ? new Patience(Duration.ofNanos(Math.max(0, leftNanos)), "the answer took more than " + words(within))
                : new Patience(stall, "no byte came for " + words(stall));
    }

    /// Lets the connection go; one that is not at its end is closed.
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            var _ = subscription.thenAccept(Flow.Subscription::cancel);
        }
    }

    @Override
    public CompletionStage<BodyStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        given.request(MOST_UNREAD);
        subscription.complete(given);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        arrived.add(new Part.Bytes(bytes));
    }

    @Override
    public void onError(Throwable cause) {
        arrived.add(new Part.Failure(cause));
    }

    @Override
    public void onComplete() {
        arrived.add(new Part.End());
    }

    static String words(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    private int read(byte[] into, int offset, int length, Patience patience) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            ByteBuffer buffer = buffers.peek();
            if (buffer == null) {
                take(patience);
            } else if (buffer.hasRemaining()) {
                int count = Math.min(length, buffer.remaining());
                buffer.get(into, offset, count);
                return count;
            } else {
                buffers.remove();
            }
        }
        return -1;
    }

    private void take(Patience patience) throws IOException {
        Part part = next(patience);
        switch (part) {
            case Part.Bytes(var bytes) -> {
                buffers.addAll(bytes);
                subscription.join().request(1);
            }
            case Part.End() -> ended = true;
            case Part.Failure(Throwable cause) -> {
                ended = true;
                throw Transport.failure(request, cause);
            }
        }
    }

    private Part next(Patience patience) throws IOException {
        try {
            Part part = arrived.poll(patience.duration().toNanos(), TimeUnit.NANOSECONDS);
            if (part == null) {
                close();
                throw request.fault(Problem.BROKEN, patience.problem(), "");
            }
            return part;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
