package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

/// One line of a definition, after its build arguments are filled in.
///
/// @param number in the file, from 1
/// @param text without its newline
public record Line(int number, String text) {
    public Line {
        requireNonNull(text);
        if (number < 1) {
            throw new IllegalArgumentException("line " + number);
        }
    }

    /// The column of the first character that is no blank, from 1.
    int column() {
        return text.length() - text.stripLeading().length() + 1;
    }

    /// Whether the line begins a section: its first word starts with `%`.
    boolean beginsSection() {
        return text.stripLeading().startsWith("%");
    }

    /// Whether the line is a comment; a `#!` line is none.
    boolean isComment() {
        String stripped = text.stripLeading();
        return stripped.startsWith("#") && !stripped.startsWith("#!");
    }

    /// Whether there is nothing to read on the line: it is blank or starts with `#`.
    boolean isSilent() {
        return text.isBlank() || text.stripLeading().startsWith("#");
    }
}
