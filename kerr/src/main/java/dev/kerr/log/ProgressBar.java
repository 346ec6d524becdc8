package dev.kerr.log;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Shows how far a long piece of work has come, on the status line: from a moment after its start until it is closed,
/// ten times a second at most. Thread-safe.
public final class ProgressBar implements AutoCloseable {
    private static final long REDRAWN_NANOS = 100_000_000;

    /// What ends before that has no bar.
    private static final long FIRST_DRAWN_NANOS = 300_000_000;

    private final StatusLine line;
    private final int columns;
    private final LongSupplier nanoTime;
    private final long started;
    private long drawAt;
    private Progress progress = new Progress(0, OptionalLong.empty());
    private boolean closed;

    /// @param columns of the terminal
    /// @param nanoTime a clock such as [System#nanoTime]
    public ProgressBar(StatusLine line, int columns, LongSupplier nanoTime) {
        this.line = Objects.requireNonNull(line);
        this.columns = columns;
        this.nanoTime = Objects.requireNonNull(nanoTime);
        this.started = nanoTime.getAsLong();
        this.drawAt = started + FIRST_DRAWN_NANOS;
    }

    /// So much is to do in all.
    public synchronized void expect(long bytes) {
        progress = new Progress(progress.doneBytes(), OptionalLong.of(bytes));
    }

    /// So much more is done.
    public synchronized void advance(long bytes) {
        progress = new Progress(progress.doneBytes() + bytes, progress.totalBytes());
        long now = nanoTime.getAsLong();
        if (!closed && now - drawAt >= 0) {
            drawAt = now + REDRAWN_NANOS;
            line.show(progress.render(columns, Duration.ofNanos(now - started)));
        }
    }

    /// Clears the line.
    @Override
    public synchronized void close() {
        closed = true;
        line.clear();
    }
}
