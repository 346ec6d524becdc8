package dev.kerr.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Shows how far a long piece of work has come, on the status line: from a moment after its start until it is closed,
/// ten times a second at most; and above it how far parts of it have come that are at work. Thread-safe.
public final class ProgressBar implements Meter, AutoCloseable {
    private static final long REDRAWN_NANOS = 100_000_000;

    /// What ends before that has no bar.
    private static final long FIRST_DRAWN_NANOS = 300_000_000;

    private static final int MOST_PARTS_SHOWN = 8;

    private final StatusLine line;
    private final int columns;
    private final LongSupplier nanoTime;
    private final long started;
    private final List<Part> parts = new ArrayList<>();
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

    /// A bar below the messages of a log; empty where nobody would see it.
    ///
    /// @param columns of the terminal that standard error is; empty if it is none
    public static Optional<ProgressBar> below(Log log, OptionalInt columns) {
        boolean isQuiet = log.level().compareTo(Log.Level.INFO) < 0;
        return log instanceof StreamLog(StatusLine line, Log.Level _) && columns.isPresent() && !isQuiet
                ? Optional.of(new ProgressBar(line, columns.getAsInt(), System::nanoTime))
                : Optional.empty();
    }

    /// So much is to do in all.
    public synchronized void expect(long bytes) {
        progress = new Progress(progress.doneBytes(), OptionalLong.of(bytes));
    }

    @Override
    public synchronized void advance(long bytes) {
        progress = new Progress(progress.doneBytes() + bytes, progress.totalBytes());
        long now = nanoTime.getAsLong();
        if (!closed && now - drawAt >= 0) {
            drawAt = now + REDRAWN_NANOS;
            draw(now);
        }
    }

    /// Begins a part of the work. What it does counts for the whole too.
    ///
    /// @param name of a few characters
    /// @param bytes how much there is to do
    public synchronized Part part(String name, long bytes) {
        var part = new Part(name, bytes);
        parts.add(part);
        return part;
    }

    private void draw(long now) {
        var lines = new ArrayList<String>();
        for (Part part : parts) {
            if (part.progress.doneBytes() > 0 && lines.size() < MOST_PARTS_SHOWN) {
                lines.add(part.render(now));
            }
        }
        line.show(lines, progress.render(columns, Duration.ofNanos(now - started)));
    }

    /// Clears the line.
    @Override
    public synchronized void close() {
        closed = true;
        line.clear();
    }

    /// A part of the work, from its beginning until it is closed.
    public final class Part implements Meter, AutoCloseable {
        private final String name;
        private final long begun = nanoTime.getAsLong();
        private Progress progress;

        private Part(String name, long bytes) {
            this.name = Objects.requireNonNull(name);
            this.progress = new Progress(0, OptionalLong.of(bytes));
        }

        @Override
        public void advance(long bytes) {
            synchronized (ProgressBar.this) {
                progress = new Progress(progress.doneBytes() + bytes, progress.totalBytes());
                ProgressBar.this.advance(bytes);
            }
        }

        private String render(long now) {
            int room = columns - name.length() - 1;
            return name + " " + progress.render(room, Duration.ofNanos(now - begun));
        }

        /// It is done: what was not counted was there before.
        @Override
        public void close() {
            synchronized (ProgressBar.this) {
                parts.remove(this);
                ProgressBar.this.advance(Math.max(0, progress.totalBytes().orElse(0) - progress.doneBytes()));
            }
        }
    }
}
