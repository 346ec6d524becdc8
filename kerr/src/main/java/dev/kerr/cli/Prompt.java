package dev.kerr.cli;

import java.io.Console;
import java.util.Optional;

/// Asks whoever sits at the terminal.
final class Prompt {
    private Prompt() {}

    /// A line; empty where nobody can be asked.
    static Optional<String> line(String question) {
        return console().map(console -> console.readLine("%s", question)).map(String::strip);
    }

    /// A line that is not shown while it is typed.
    static Optional<String> secret(String question) {
        return console().map(console -> console.readPassword("%s", question)).map(String::new);
    }

    /// A runtime that was linked without a line editor has no console where there is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
