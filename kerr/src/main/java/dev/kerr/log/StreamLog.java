package dev.kerr.log;

import java.io.PrintStream;
import java.util.Objects;

/// Writes each message as one line with the field's prefixes (`INFO:    text`); control characters of names from images
/// and requests are replaced, so that no terminal acts on them.
public record StreamLog(PrintStream out, Log.Level level) implements Log {
    public StreamLog {
        Objects.requireNonNull(out);
        Objects.requireNonNull(level);
    }

    @Override
    public void warning(String message) {
        say(Level.QUIET, "WARNING: ", message);
    }

    @Override
    public void info(String message) {
        say(Level.INFO, "INFO:    ", message);
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
    public void fatal(String message) {
        say(Level.SILENT, "FATAL:   ", message);
    }

    private void say(Level needed, String prefix, String message) {
        if (level.compareTo(needed) < 0) {
            return;
        }
        out.println(prefix + printable(message));
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
