package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

/// A here-document: lines of the file that an instruction takes as text.
///
/// @param name the delimiter, without quotes; a file made of the document has this name
/// @param descriptor which descriptor a shell reads it from: the number before `<<`, 0 if there is none
/// @param expands whether variables in it are filled in by whoever takes it: the delimiter had no quotes
/// @param stripsTabs whether it began with `<<-`: tabs at the start of lines are not meant
/// @param content the lines as they stand, each with its end of line
public record Heredoc(String name, int descriptor, boolean expands, boolean stripsTabs, String content) {
    public Heredoc {
        requireNonNull(name);
        requireNonNull(content);
        if (descriptor < 0) {
            throw new IllegalArgumentException("descriptor " + descriptor);
        }
    }

    /// What the document says: its content, without leading tabs if it began with `<<-`.
    public String text() {
        if (!stripsTabs) {
            return content;
        }
        StringBuilder text = new StringBuilder();
        boolean leading = true;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            leading &= c == '\t';
            if (!leading) {
                text.append(c);
            }
            leading |= c == '\n';
        }
        return text.toString();
    }

    Heredoc withContent(String other) {
        return new Heredoc(name, descriptor, expands, stripsTabs, other);
    }
}
