package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// One instruction as it is written: its lines joined, and the here-documents behind it.
///
/// @param number of its first line, from 1
/// @param column where it begins on that line, from 1
/// @param text without the escapes at ends of lines, and without comments between them
record LogicalLine(int number, int column, String text, List<Heredoc> heredocs) {
    LogicalLine {
        requireNonNull(text);
        heredocs = List.copyOf(heredocs);
    }
}
