package dev.kerr.cli;

import java.util.List;
import java.util.Objects;

/// A row of the option table.
///
/// @param name the long name, without dashes
/// @param letter the short name; a blank for none
/// @param kind how values are written
/// @param metavar what stands for the value in help; empty for a flag
/// @param variables the parts of environment variables' names behind `KERR_`; the first that is set counts
/// @param help one sentence, lower case, without a full stop
/// @param commands those that take it
/// @param state whether it does something in this version
/// @param verbs the words behind the command that it goes with; empty for all
record Option(
        String name,
        char letter,
        Kind kind,
        String metavar,
        List<String> variables,
        String help,
        Commands commands,
        State state,
        List<String> verbs) {
    Option {
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(metavar);
        variables = List.copyOf(variables);
        Objects.requireNonNull(help);
        Objects.requireNonNull(commands);
        Objects.requireNonNull(state);
        verbs = List.copyOf(verbs);
    }

    /// The help, with the verbs in front that it is for.
    String explanation() {
        return verbs.isEmpty() ? help : String.join(", ", verbs) + ": " + help;
    }

    enum Kind {
        /// No value, or `=true` and `=false`.
        FLAG,
        /// One value; the last one counts.
        VALUE,
        /// Values separated by commas; may be given several times.
        LIST,
        /// One value at a time, commas and all; may be given several times.
        REPEATED
    }

    enum State {
        AVAILABLE,
        /// Known in the field, refused here: what was asked for is never silently skipped.
        NOT_YET,
        /// Available, and not shown in help.
        HIDDEN
    }
}
