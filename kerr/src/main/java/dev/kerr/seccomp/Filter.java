package dev.kerr.seccomp;

import java.util.List;
import java.util.Objects;

/// What becomes of each system call: of the rules that name it, the first whose conditions are met says it.
///
/// @param abis whose calls the rules are for, the machine's first
/// @param otherAbis what becomes of the calls of others
/// @param otherwise what becomes of calls for which no rule is
public record Filter(List<Abi> abis, Action otherAbis, Action otherwise, List<Rule> rules) {
    public Filter {
        abis = List.copyOf(abis);
        Objects.requireNonNull(otherAbis);
        Objects.requireNonNull(otherwise);
        rules = List.copyOf(rules);
    }
}
