package dev.kerr.log;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;

/// Shows on a bar, if there is one, what goes through.
public final class ProgressStream extends FilterOutputStream {
    private final Optional<? extends Meter> bar;

    public ProgressStream(OutputStream out, Optional<? extends Meter> bar) {
        super(out);
        this.bar = Objects.requireNonNull(bar);
    }

    /// @param begun what goes before, which is there already
    public static ProgressStream behind(InputStream begun, OutputStream out, Optional<? extends Meter> bar)
            throws IOException {
        int there = begun.available();
        bar.ifPresent(shown -> shown.advance(there));
        return new ProgressStream(out, bar);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        bar.ifPresent(shown -> shown.advance(length));
    }
}
