package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

/// The parser directives, comments of the form `# name=value` above everything else.
///
/// @param syntax reference of the front end's image that the file asks for; empty if it asks for none. It changes
/// nothing
/// here
/// @param escape what escapes a character and continues a line: `\` or a backquote
/// @param check what the file says to linters, as it stands there; empty if nothing
public record Directives(String syntax, char escape, String check) {
    /// What holds for a file without directives.
    public static final Directives NONE = new Directives("", '\\', "");

    public Directives {
        requireNonNull(syntax);
        requireNonNull(check);
        if (escape != '\\' && escape != '`') {
            throw new IllegalArgumentException("escape " + escape);
        }
    }
}
