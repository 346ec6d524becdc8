package dev.kerr.seccomp;

import java.util.List;
import java.util.Objects;

/// What becomes of some system calls.
///
/// @param names of the calls; one that an [Abi] lacks means nothing there
/// @param conditions all of which must be met; none if there are none
public record Rule(List<String> names, Action action, List<Condition> conditions) {
    public Rule {
        names = List.copyOf(names);
        Objects.requireNonNull(action);
        conditions = List.copyOf(conditions);
    }

    /// For all calls of these names.
    public Rule(List<String> names, Action action) {
        this(names, action, List.of());
    }
}
