package dev.kerr.registry;

import dev.kerr.bytes.FutureResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The answers to requests for the next parts of a content, which are on their way while one before is read. For one
/// reader.
final class PartsAhead implements AutoCloseable {
    private final BlobStream.Opener opener;
    private final Parts parts;
    private final long size;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Part> asked = new ArrayDeque<>();
    private long next;

    private record Part(long end, Future<Response> answer) {}

    /// An answer.
    ///
    /// @param end of the part, behind its last byte
    record Arrived(Response response, long end) {}

    /// @param from where the first of these parts begins
    PartsAhead(BlobStream.Opener opener, Parts parts, long from, long size) {
        this.opener = opener;
        this.parts = parts;
        this.next = from;
        this.size = size;
        ask();
    }

    /// The answer for the next part.
    ///
    /// @throws RegistryException if there is none
    Arrived take() throws IOException {
        Part part = asked.remove();
        ask();
        try {
            return new Arrived(FutureResult.of(part.answer, "fetching a part"), part.end);
        } catch (InterruptedIOException interrupted) {
            letGo(part);
            throw interrupted;
        }
    }

    private void ask() {
        while (asked.size() < parts.atOnce() - 1 && next < size) {
            long from = next;
            long end = parts.end(from, size);
            asked.add(new Part(end, threads.submit(() -> opener.open(from, end))));
            next = end;
        }
    }

    /// Lets all go that was asked for.
    @Override
    public void close() {
        asked.forEach(PartsAhead::letGo);
        threads.close();
    }

    private static void letGo(Part part) {
        if (!part.answer.cancel(true) && part.answer.state() == Future.State.SUCCESS) {
            part.answer.resultNow().close();
        }
    }
}
