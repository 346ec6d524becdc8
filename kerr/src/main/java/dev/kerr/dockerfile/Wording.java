package dev.kerr.dockerfile;

import dev.kerr.log.Spelling;
import java.util.Collection;
import java.util.Locale;

/// What messages about words of a Dockerfile have in common.
final class Wording {
    private static final int LONGEST_QUOTE = 60;

    private Wording() {}

    /// The hint for a word that is not among the known ones: the nearest of them, or else all of them.
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
