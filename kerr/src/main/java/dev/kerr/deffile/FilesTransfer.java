package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/// One line of `%files`: `SOURCE [DESTINATION]`.
///
/// @param source file name pattern, without its quotes
/// @param destination path in the image, without its quotes; empty where the line names none and the source's
/// path is meant
/// @param line number of the line, from 1
/// @param column where it begins, from 1
public record FilesTransfer(String source, String destination, int line, int column) {
    public FilesTransfer {
        requireNonNull(source);
        requireNonNull(destination);
    }

    /// Whether the line names a destination of its own.
    public boolean hasDestination() {
        return !destination.isEmpty();
    }

    /// Splits the words of a line at blanks; `"…"` and `'…'` keep blanks and lose their quotes.
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (char c : text.toCharArray()) {
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
