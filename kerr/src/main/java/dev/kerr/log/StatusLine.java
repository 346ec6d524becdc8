package dev.kerr.log;

import java.io.PrintStream;
import java.util.List;
import java.util.Objects;

/// The line of a terminal on which the cursor stands, and lines above it that belong to it: shows texts that change,
/// and
/// is empty again before anything else is printed. Thread-safe.
public final class StatusLine {
    private static final String UP = "\033[%dA";
    private static final String CLEAR_TO_END_OF_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private final PrintStream out;
    private final boolean hasMany;
    private int shown;
    private int above;

    /// @param out a terminal; one that understands no more than a carriage return is enough
    public StatusLine(PrintStream out) {
        this(out, false);
    }

    /// @param hasMany whether the terminal understands how the cursor is moved up and lines are cleared (ECMA-48), so
    ///     that several lines can be shown
    public StatusLine(PrintStream out, boolean hasMany) {
        this.out = Objects.requireNonNull(out);
        this.hasMany = hasMany;
    }

    /// Whether a terminal of a kind, as `TERM` says it, understands more than a carriage return.
    public static boolean hasMany(String term) {
        return !term.isEmpty() && !term.equals("dumb");
    }

    /// Shows `text` in place of what is shown.
    ///
    /// @param text shorter than a line of the terminal
    public void show(String text) {
        show(List.of(), text);
    }

    /// Shows texts in place of what is shown.
    ///
    /// @param before the lines above, which are left out if the terminal can only show one
    /// @param text shorter than a line of the terminal, as those are
    public synchronized void show(List<String> before, String text) {
        List<String> lines = hasMany ? before : List.of();
        if (lines.isEmpty() && above == 0) {
            int rest = Math.max(0, shown - text.length());
            out.print("\r" + text + " ".repeat(rest) + "\b".repeat(rest));
        } else {
            var drawn = new StringBuilder(toTop());
            for (String line : lines) {
                drawn.append(line).append(CLEAR_TO_END_OF_LINE).append('\n');
            }
            out.print(drawn + text + CLEAR_BELOW);
        }
        out.flush();
        shown = text.length();
        above = lines.size();
    }

    /// Empties the lines, if anything is shown on them.
    public synchronized void clear() {
        if (above > 0) {
            out.print(toTop() + CLEAR_BELOW);
        } else if (shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
        }
        out.flush();
        shown = 0;
        above = 0;
    }

    /// Prints a line of its own in place of what is shown.
    public synchronized void println(String line) {
        clear();
        out.println(line);
    }

    private String toTop() {
        return "\r" + (above > 0 ? UP.formatted(above) : "");
    }
}
