package dev.kerr.registry;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.Objects;

/// A registry did not do what was asked of it. No text of it has a password, a token, or what follows the `?` of an
/// address.
public final class RegistryException extends IOException {
    private final Problem problem;
    private final String hint;
    private final String detail;

    /// What went wrong, by what can be done about it.
    public enum Problem {
        /// A login is missing, or the one there is was not accepted.
        LOGIN,
        /// The login that there is cannot be learned.
        LOGIN_UNREADABLE,
        /// The login was accepted, but has not this right.
        DENIED,
        /// There is no such thing.
        UNKNOWN,
        /// Too much was asked for in too short a time.
        RATE_LIMITED,
        /// There is no connection to be had.
        UNREACHABLE,
        /// The other end's certificate is not one to trust.
        UNTRUSTED,
        /// The connection ended or stood still in the middle.
        BROKEN,
        /// The registry says that the fault is its own.
        SERVER_FAULT,
        /// The registry refuses for another reason, or the site's configuration does.
        REFUSED,
        /// The answer breaks the protocol.
        WRONG_ANSWER,
        /// The content is not what its digest or size says.
        WRONG_CONTENT
    }

    /// @param hint what to do about it; empty if the message says it
    /// @param detail method, address and status, for those who look for the fault; may be empty
    RegistryException(Problem problem, String message, String hint, String detail) {
        super(message);
        this.problem = Objects.requireNonNull(problem);
        this.hint = Objects.requireNonNull(hint);
        this.detail = Objects.requireNonNull(detail);
    }

    public Problem problem() {
        return problem;
    }

    /// What to do about it; may be empty.
    public String hint() {
        return hint;
    }

    /// Method, address without secrets, and status; may be empty.
    public String detail() {
        return detail;
    }

    /// The same for the user.
    public UserException forUser() {
        return new UserException(String.valueOf(getMessage()), hint);
    }

    /// Whether the same request may well succeed a moment later.
    boolean isTransient() {
        return switch (problem) {
            case RATE_LIMITED, BROKEN, SERVER_FAULT -> true;
            case LOGIN,
                    LOGIN_UNREADABLE,
                    DENIED,
                    UNKNOWN,
                    UNREACHABLE,
                    UNTRUSTED,
                    REFUSED,
                    WRONG_ANSWER,
                    WRONG_CONTENT -> false;
        };
    }
}
