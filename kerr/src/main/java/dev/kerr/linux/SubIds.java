package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ids that a user may map into a user namespace beside the own one.
///
/// @param ranges as the file has them, none of which has an id of another; at least one
///
/// **Source:** subuid(5), subgid(5).
public record SubIds(List<Range> ranges) {
    /// Of no use to anybody: (uid_t) -1.
    static final long NO_ID = 0xffff_ffffL;

    /// A map has at most 340 lines, and some ranges make two.
    ///
    /// **Source:** user_namespaces(7).
    private static final int RANGES_MAX = 100;

    public SubIds {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("no range of sub-ids");
        }
    }

    /// One range.
    public SubIds(long first, long count) {
        this(List.of(new Range(first, count)));
    }

    /// Ids that follow one another.
    ///
    /// @param first the first id outside
    /// @param count how many, at least 1
    public record Range(long first, long count) {
        public Range {
            if (first < 1 || count < 1 || first > NO_ID - count) {
                throw new IllegalArgumentException("no range of ids: " + count + " from " + first);
            }
        }

        /// The last of them.
        public long last() {
            return first + count - 1;
        }

        boolean overlaps(Range other) {
            return first <= other.last() && other.first <= last();
        }
    }

    /// The user's ranges in `/etc/subuid` or `/etc/subgid`; empty if there is none.
    public static Optional<SubIds> of(Path file, String name, int uid) {
        try {
            return in(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), name, uid);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /// The ranges for a user's name or id in the text of the file; malformed lines give none, and one that overlaps
    /// another of the user's is left out: the kernel maps no id twice.
    static Optional<SubIds> in(String text, String name, int uid) {
        var ranges = new ArrayList<Range>();
        for (String line : text.split("\n")) {
            List<String> fields = Fields.of(line.strip());
            if (fields.size() != 3 || !(fields.get(0).equals(name) || Fields.id(fields.get(0)) == uid)) {
                continue;
            }
            var range = range(fields.get(1), fields.get(2));
            if (range.isPresent() && ranges.size() < RANGES_MAX && !overlaps(range.get(), ranges)) {
                ranges.add(range.get());
            }
        }
        return ranges.isEmpty() ? Optional.empty() : Optional.of(new SubIds(ranges));
    }

    /// A range as it is written; empty if it is none.
    static Optional<Range> range(String first, String count) {
        long from = Fields.number(first);
        long many = Fields.number(count);
        return from < 1 || many < 1 || from > NO_ID - many ? Optional.empty() : Optional.of(new Range(from, many));
    }

    private static boolean overlaps(Range range, List<Range> others) {
        for (Range other : others) {
            if (range.overlaps(other)) {
                return true;
            }
        }
        return false;
    }

    /// How many ids there are in all.
    public long count() {
        long count = 0;
        for (Range range : ranges) {
            count += range.count;
        }
        return count;
    }

    /// The index of an id among all, from 0; -1 if it is none of them.
    public long indexOf(long id) {
        long before = 0;
        for (Range range : ranges) {
            if (id >= range.first && id <= range.last()) {
                return before + id - range.first;
            }
            before += range.count;
        }
        return -1;
    }

    /// The lines of a map in which the caller's own id is one inside, and the ids of the ranges are the others from 0:
    /// each of 0 to [#count] is mapped, if the caller's is among them. A range with the caller's own id in it is left
    /// out.
    ///
    /// **Source:** user_namespaces(7).
    public String map(int inside, int ownId) {
        var lines = new StringBuilder();
        long at = 0;
        boolean done = false;
        for (Range range : ranges) {
            if (ownId >= range.first && ownId <= range.last()) {
                continue;
            }
            long below = done ? 0 : Math.min(range.count, Math.max(0, inside - at));
            at = line(lines, at, range.first, below);
            if (at == inside && !done) {
                at = line(lines, at, ownId, 1);
                done = true;
            }
            at = line(lines, at, range.first + below, range.count - below);
        }
        if (!done) {
            line(lines, inside, ownId, 1);
        }
        return lines.toString();
    }

    private static long line(StringBuilder lines, long inside, long outside, long count) {
        if (count > 0) {
            lines.append(lines.isEmpty() ? "" : "\n").append(inside).append(' ');
            lines.append(outside).append(' ').append(count);
        }
        return inside + count;
    }

    /// For people: `100000-165535, 200000-200999`.
    public String text() {
        var text = new StringBuilder();
        for (Range range : ranges) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(range.first)
                    .append('-')
                    .append(range.last());
        }
        return text.toString();
    }
}
