package dev.kerr.seccomp;

import java.util.ArrayList;
import java.util.List;

/// What becomes of one system call: the first of these whose conditions are met; the last has none.
///
/// @param ways in order
record Decision(List<Way> ways) {
    Decision {
        ways = List.copyOf(ways);
        if (ways.isEmpty() || !ways.getLast().conditions.isEmpty()) {
            throw new IllegalArgumentException("a decision without an end: " + ways);
        }
    }

    /// @param conditions all of which must be met
    record Way(List<Condition> conditions, Action action) {
        Way {
            conditions = List.copyOf(conditions);
        }
    }

    static Decision always(Action action) {
        return new Decision(List.of(new Way(List.of(), action)));
    }

    /// @param ways those behind one without conditions mean nothing
    /// @param otherwise what becomes of a call for which none is
    static Decision of(List<Way> ways, Action otherwise) {
        var needed = new ArrayList<Way>();
        for (Way way : ways) {
            needed.add(way);
            if (way.conditions.isEmpty()) {
                return new Decision(needed);
            }
        }
        needed.add(new Way(List.of(), otherwise));
        return new Decision(needed);
    }
}
