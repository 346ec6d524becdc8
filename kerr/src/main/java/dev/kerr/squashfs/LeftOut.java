package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts what could not be made for lack of privilege. Thread-safe.
final class LeftOut {
    private final Map<Kind, Count> counts = new EnumMap<>(Kind.class);

    /// What may be left out.
    enum Kind {
        DEVICE("device files"),
        OWNER("owners"),
        USER("user.* attributes"),
        TRUSTED("trusted.* attributes"),
        SECURITY("security.* attributes");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// The kind of an extended attribute.
        static Kind ofXattr(String name) {
            if (name.startsWith("security.")) {
                return SECURITY;
            }
            return name.startsWith("trusted.") ? TRUSTED : USER;
        }
    }

    /// @param first the path that comes first by its bytes, whoever met it first
    private record Count(long number, String first) {
        Count and(String path) {
            return new Count(number + 1, path.compareTo(first) < 0 ? path : first);
        }
    }

    /// One more of `kind` is missing, at `path`.
    synchronized void add(Kind kind, String path) {
        Count count = counts.get(kind);
        counts.put(kind, count == null ? new Count(1, path) : count.and(path));
    }

    /// A line for each kind of which something is missing.
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        counts.forEach((kind, count) -> lines.add(line(kind, count)));
        return lines;
    }

    private static String line(Kind kind, Count count) {
        String path = count.first.isEmpty() ? "/" : ByteStrings.printable(count.first);
        return kind.label + ": " + path + (count.number > 1 ? " and " + (count.number - 1) + " more" : "");
    }
}
