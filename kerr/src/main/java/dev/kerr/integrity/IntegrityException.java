package dev.kerr.integrity;

import java.util.Objects;

/// Something that was to be vouched for by a signature is not.
public final class IntegrityException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final String hint;

    IntegrityException(String reason) {
        this(reason, "");
    }

    IntegrityException(String reason, String hint) {
        super(reason);
        this.reason = Objects.requireNonNull(reason);
        this.hint = Objects.requireNonNull(hint);
    }

    /// Why not, for a place behind the name of the image: `it has no signatures`.
    public String reason() {
        return reason;
    }

    /// What to do about it; may be empty.
    public String hint() {
        return hint;
    }
}
