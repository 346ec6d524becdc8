package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.Spelling;
import dev.kerr.log.UserException;
import java.util.Collection;
import java.util.Locale;

/// Where a Dockerfile or an ignore file came from, as the user wrote it; it makes the messages that point into it.
record DockerfileSource(String name) {
    private static final int LONGEST_QUOTE = 60;

    DockerfileSource {
        requireNonNull(name);
    }

    UserException error(int line, String message) {
        return new UserException(at(line, message));
    }

    UserException error(int line, String message, String hint) {
        return new UserException(at(line, message), hint);
    }

    /// @param column from 1; 0 if it is not known
    UserException error(int line, int column, String message, String hint) {
        return column == 0 ? error(line, message, hint) : new UserException(at(line, column, message), hint);
    }

    /// A word that is not among the known ones: the hint is the nearest of them, or else all of them.
    UserException unknown(int line, String message, String word, Collection<String> known) {
        return error(line, message, meant(word, known));
    }

    String at(int line, String message) {
        return name + ":" + line + ": " + message;
    }

    String at(int line, int column, String message) {
        return name + ":" + line + ":" + column + ": " + message;
    }

    static String meant(String word, Collection<String> known) {
        return Spelling.nearest(word.toLowerCase(Locale.ROOT), known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("known are " + String.join(", ", known.stream().sorted().toList()));
    }

    /// The text between quotes on one line, cut where it gets long.
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints()
                .limit(LONGEST_QUOTE)
                .forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return quoted.append(text.codePointCount(0, text.length()) > LONGEST_QUOTE ? "…'" : "'")
                .toString();
    }
}
