package dev.kerr.log;

import java.util.Objects;

/// The request is wrong, or cannot be done here: one line for the user that names the thing and the reason, and a hint
/// that names the remedy.
public final class UserException extends Exception {
    private static final long serialVersionUID = 1;

    private final String message;
    private final String hint;

    public UserException(String message) {
        this(message, "");
    }

    /// @param hint what to do about it; empty if the message says it
    public UserException(String message, String hint) {
        super(message);
        this.message = Objects.requireNonNull(message);
        this.hint = Objects.requireNonNull(hint);
    }

    public String message() {
        return message;
    }

    public String hint() {
        return hint;
    }

    /// The message and the hint on one line.
    public String line() {
        return hint.isEmpty() ? message : message + " (hint: " + hint + ")";
    }
}
