package dev.kerr.instance;

import dev.kerr.log.UserException;

/// The name of an instance: 1 to [#LONGEST] of the characters `a-z A-Z 0-9 . _ -`.
///
/// **Source:** the field's `^[a-zA-Z0-9._-]+$`, and what a file's name may have, less `.json`.
public record InstanceName(String text) {
    /// What stands before a name where else an image does.
    public static final String SCHEME = "instance://";

    static final int LONGEST = 250;

    public InstanceName {
        if (!isName(text)) {
            throw new IllegalArgumentException("no name of an instance: " + text);
        }
    }

    /// @throws UserException if it is no name
    public static InstanceName of(String text) throws UserException {
        if (!isName(text)) {
            throw new UserException(
                    "\"" + text + "\" is no name for an instance",
                    "a name has 1 to " + LONGEST + " letters, digits, dots, hyphens and underscores");
        }
        return new InstanceName(text);
    }

    static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!fits && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= LONGEST;
    }

    @Override
    public String toString() {
        return text;
    }
}
