package dev.kerr.cli;

import java.util.Objects;
import java.util.Optional;

/// The command line is wrong: the message says how, the command's options are shown, exit status 1.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Optional<Command> command;

    UsageException(String message, Optional<Command> command) {
        super(Objects.requireNonNull(message));
        this.command = Objects.requireNonNull(command);
    }

    Optional<Command> command() {
        return command;
    }
}
