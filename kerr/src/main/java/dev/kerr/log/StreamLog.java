package dev.kerr.log;

import java.io.PrintStream;
import java.util.Objects;

/// Writes each message as one line with the field's prefixes (`INFO:    text`); control characters of names from images
/// and requests are replaced, so that no terminal acts on them.
///
/// @param line where the messages go; what is shown there makes room for them
public record StreamLog(StatusLine line, Log.Level level) implements Log {
    private static final String WARNING = "WARNING: ";
    private static final String INFO = "INFO:    ";

    public StreamLog {
        Objects.requireNonNull(line);
        Objects.requireNonNull(level);
    }

    public StreamLog(PrintStream out, Log.Level level) {
        this(new StatusLine(out), level);
    }

    /// A warning as it is printed.
    public static String warningLine(String message) {
        return WARNING + printable(message);
    }

    /// A piece of information as it is printed.
    public static String infoLine(String message) {
        return INFO + printable(message);
    }

    @Override
    public void warning(String message) {
        say(Level.QUIET, WARNING, message);
    }

    @Override
    public void info(String message) {
        say(Level.INFO, INFO, message);
    }

    @Override
    public void verbose(String message) {
        say(Level.VERBOSE, "VERBOSE: ", message);
    }

    @Override
    public void debug(String message) {
        say(Level.DEBUG, "DEBUG:   ", message);
    }

    @Override
    public void data(String text) {
        line.println(text);
    }

    @Override
    public void fatal(String message) {
        say(Level.SILENT, "FATAL:   ", message);
    }

    private void say(Level needed, String prefix, String message) {
        if (level.compareTo(needed) < 0) {
            return;
        }
        line.println(prefix + printable(message));
    }

    public static String printable(String message) {
        var text = new StringBuilder(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            text.append(c < ' ' || c >= 0x7f && c < 0xa0 ? '?' : c);
        }
        return text.toString();
    }
}
