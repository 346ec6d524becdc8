package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A range of ids that a user may map into a user namespace beside the own one.
///
/// @param first the first id outside
/// @param count how many, at least 1
///
/// **Source:** subuid(5), subgid(5).
public record SubIds(long first, long count) {
    public SubIds {
        if (first < 1 || count < 1) {
            throw new IllegalArgumentException("a sub-id range has a first id and a count of at least 1");
        }
    }

    /// The user's range in `/etc/subuid` or `/etc/subgid`; empty if there is none.
    public static Optional<SubIds> of(Path file, String name, int uid) {
        try {
            return in(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), name, uid);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /// The largest range for a user's name or id in the text of the file; malformed lines give none.
    static Optional<SubIds> in(String text, String name, int uid) {
        int bestFirst = 0;
        int bestCount = 0;
        for (String line : text.split("\n")) {
            List<String> fields = Fields.of(line.strip());
            if (fields.size() != 3 || !(fields.get(0).equals(name) || Fields.id(fields.get(0)) == uid)) {
                continue;
            }
            int first = Fields.id(fields.get(1));
            int count = Fields.id(fields.get(2));
            if (first >= 1 && count > bestCount) {
                bestFirst = first;
                bestCount = count;
            }
        }
        return bestCount == 0 ? Optional.empty() : Optional.of(new SubIds(bestFirst, bestCount));
    }

    /// The lines of a map in which the caller's own id is one inside, and the ids of this range are the others from 0:
    /// each of 0 to [#count] is mapped, if the caller's is among them.
    ///
    /// **Source:** user_namespaces(7).
    public String map(int inside, int ownId) {
        String own = inside + " " + ownId + " 1";
        long below = Math.min(inside, count);
        long above = count - below;
        return (below > 0 ? "0 " + first + " " + below + "\n" : "")
                + own
                + (above > 0 ? "\n" + (inside + 1L) + " " + (first + below) + " " + above : "");
    }
}
