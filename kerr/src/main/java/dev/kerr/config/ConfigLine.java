package dev.kerr.config;

import java.util.Objects;

/// A line of `kerr.conf`, taken apart.
///
/// @param directive its name; empty on a line that says nothing
/// @param hasValue whether there is a `=`
/// @param value what is behind it, stripped
/// @param comment the comment with its `#`; empty if there is none
record ConfigLine(String directive, boolean hasValue, String value, String comment) {
    ConfigLine {
        Objects.requireNonNull(directive);
        Objects.requireNonNull(value);
        Objects.requireNonNull(comment);
    }

    static ConfigLine of(String line) {
        int hash = line.indexOf('#');
        String text = hash < 0 ? line : line.substring(0, hash);
        String comment = hash < 0 ? "" : line.substring(hash);
        int equals = text.indexOf('=');
        return equals < 0
                ? new ConfigLine(text.strip(), false, "", comment)
                : new ConfigLine(
                        text.substring(0, equals).strip(),
                        true,
                        text.substring(equals + 1).strip(),
                        comment);
    }

    /// Whether it says nothing.
    boolean isEmpty() {
        return directive.isEmpty() && !hasValue;
    }
}
