package dev.kerr.log;

import java.io.PrintStream;
import java.util.Objects;

/// The line of a terminal on which the cursor stands: shows a text that changes, and is empty again before anything
/// else is printed. Thread-safe.
public final class StatusLine {
    private final PrintStream out;
    private int shown;

    /// @param out a terminal; one that understands no more than a carriage return is enough
    public StatusLine(PrintStream out) {
        this.out = Objects.requireNonNull(out);
    }

    /// Shows `text` in place of what is shown.
    ///
    /// @param text shorter than a line of the terminal
    public synchronized void show(String text) {
        int rest = Math.max(0, shown - text.length());
        out.print("\r" + text + " ".repeat(rest) + "\b".repeat(rest));
        out.flush();
        shown = text.length();
    }

    /// Empties the line, if anything is shown on it.
    public synchronized void clear() {
        if (shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            out.flush();
            shown = 0;
        }
    }

    /// Prints a line of its own in place of what is shown.
    public synchronized void println(String line) {
        clear();
        out.println(line);
    }
}
