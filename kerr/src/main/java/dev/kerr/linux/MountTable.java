package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The mounts that a process sees, in the order in which they were made.
///
/// **Source:** proc_pid_mountinfo(5).
public record MountTable(List<Entry> entries) {
    public MountTable {
        entries = List.copyOf(entries);
    }

    /// @param target where it is mounted
    /// @param type the file system's, such as `ext4` or `fuse.sshfs`
    public record Entry(String target, String type) {}

    /// The caller's own.
    public static MountTable current() throws IOException {
        return parse(new String(Files.readAllBytes(Path.of("/proc/self/mountinfo")), StandardCharsets.UTF_8));
    }

    /// Reads lines of mountinfo; malformed ones are skipped.
    static MountTable parse(String text) {
        var entries = new ArrayList<Entry>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(" ");
            int dash = 6;
            while (dash < fields.length && !fields[dash].equals("-")) {
                dash++;
            }
            if (dash + 1 < fields.length) {
                entries.add(new Entry(unescaped(fields[4]), fields[dash + 1]));
            }
        }
        return new MountTable(entries);
    }

    /// The type of the file system that a path without links is on.
    public Optional<String> typeOf(String path) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            String target = entries.get(i).target;
            if (target.equals("/") || path.equals(target) || path.startsWith(target + "/")) {
                return Optional.of(entries.get(i).type);
            }
        }
        return Optional.empty();
    }

    /// Blanks, tabs, line ends and backslashes are three octal digits behind a backslash.
    private static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        var text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(field.charAt(i));
            }
        }
        return text.toString();
    }
}
