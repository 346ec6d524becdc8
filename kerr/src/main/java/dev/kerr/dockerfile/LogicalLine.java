package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// One instruction as it is written: its lines joined, and the here-documents behind it.
///
/// @param number of its first line, from 1
/// @param first that line as it is
/// @param text without the escapes at ends of lines, and without comments between them
record LogicalLine(int number, String first, String text, List<Heredoc> heredocs) {
    LogicalLine {
        requireNonNull(first);
        requireNonNull(text);
        heredocs = List.copyOf(heredocs);
    }

    /// Where a word stands on the first line, from 1; 0 if it is not there.
    ///
    /// @param nth which of several, from 1
    int columnOf(String word, int nth) {
        int found = 0;
        for (int at = first.indexOf(word); at >= 0; at = first.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean isWord = at > 0
                    && Character.isWhitespace(first.charAt(at - 1))
                    && (end == first.length() || first.charAt(end) == '=' || Character.isWhitespace(first.charAt(end)));
            found += isWord ? 1 : 0;
            if (found == nth) {
                return at + 1;
            }
        }
        return 0;
    }
}
