package dev.kerr.linux;

import dev.kerr.linux.SubIds.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// `/etc/subuid` or `/etc/subgid` as a whole: who has which ids, and the same with one line more or less. Lines that
/// are
/// none stay as they are. A line whose owner begins with `!` is disabled, which newuidmap(1) takes for an unknown user.
///
/// **Source:** subuid(5), subgid(5); apptainer `internal/pkg/fakeroot/fakeroot.go` for `!` and for which range is free.
public record SubIdFile(List<String> lines) {
    /// As many as a range that is added has.
    static final long COUNT = 65_536;

    /// Ranges are added from here on downwards, below no other system user.
    static final long HIGHEST = (1L << 32) - 2 * COUNT;

    private static final String DISABLED = "!";

    public SubIdFile {
        lines = List.copyOf(lines);
    }

    /// A line that gives somebody a range.
    ///
    /// @param owner a name or a number
    public record Entry(int line, String owner, boolean disabled, Range range) {
        /// Whether it is a user's.
        public boolean isOf(Account account) {
            return owner.equals(account.name()) || Fields.id(owner) == account.uid();
        }
    }

    /// Reads a file; one that is not there has no lines.
    public static SubIdFile read(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return new SubIdFile(List.of());
        }
    }

    static SubIdFile parse(String text) {
        return new SubIdFile(text.lines().toList());
    }

    /// All lines, each with a newline.
    public String text() {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /// Those that give somebody a range.
    public List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < lines.size(); i++) {
            List<String> fields = Fields.of(lines.get(i).strip());
            var range = fields.size() == 3 ? SubIds.range(fields.get(1), fields.get(2)) : Optional.<Range>empty();
            if (range.isPresent() && !fields.getFirst().isEmpty()) {
                boolean disabled = fields.getFirst().startsWith(DISABLED);
                String owner = disabled ? fields.getFirst().substring(DISABLED.length()) : fields.getFirst();
                entries.add(new Entry(i, owner, disabled, range.get()));
            }
        }
        return entries;
    }

    /// A user's entries.
    public List<Entry> of(Account account) {
        return entries().stream().filter(entry -> entry.isOf(account)).toList();
    }

    /// Entries of others that share ids with a user's: whoever has them can read and write the user's files.
    public List<Entry> overlapping(Account account) {
        Predicate<Entry> shared =
                entry -> of(account).stream().anyMatch(own -> own.range().overlaps(entry.range()));
        return entries().stream()
                .filter(entry -> !entry.isOf(account) && shared.test(entry))
                .toList();
    }

    /// The same with a range for a user: the highest that is free; the same if the user has one.
    ///
    /// @return empty if no range is free
    public Optional<SubIdFile> with(Account account) {
        if (!of(account).isEmpty()) {
            return Optional.of(this);
        }
        for (long first = HIGHEST; first >= COUNT; first -= COUNT) {
            var range = new Range(first, COUNT);
            if (entries().stream().noneMatch(entry -> entry.range().overlaps(range))) {
                var more = new ArrayList<>(lines);
                more.add(account.uid() + ":" + first + ":" + COUNT);
                return Optional.of(new SubIdFile(more));
            }
        }
        return Optional.empty();
    }

    /// The same without a user's entries.
    public SubIdFile without(Account account) {
        var kept = new ArrayList<>(lines);
        for (Entry entry : of(account).reversed()) {
            kept.remove(entry.line);
        }
        return new SubIdFile(kept);
    }

    /// The same with a user's entries in force, or not.
    public SubIdFile with(Account account, boolean disabled) {
        var changed = new ArrayList<>(lines);
        for (Entry entry : of(account)) {
            String line = lines.get(entry.line).strip();
            String bare = entry.disabled ? line.substring(DISABLED.length()) : line;
            changed.set(entry.line, disabled ? DISABLED + bare : bare);
        }
        return new SubIdFile(changed);
    }
}
