package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Who this process is to the kernel.
///
/// @param groups supplementary group ids
/// @param capabilities the effective set, one bit a capability
/// @param initialUserNamespace whether all ids of the host are mapped, which only the first user namespace has
///
/// **Source:** proc_pid_status(5), user_namespaces(7).
public record Credentials(int uid, int gid, List<Integer> groups, long capabilities, boolean initialUserNamespace) {
    private static final int CAP_SYS_ADMIN = 21;

    public Credentials {
        groups = List.copyOf(groups);
    }

    /// Whether we may mount on the host's terms: real root, not root of a user namespace, nor root without the right.
    public boolean mayMount() {
        return uid == 0 && initialUserNamespace && (capabilities >>> CAP_SYS_ADMIN & 1) == 1;
    }

    /// Reads /proc/self.
    public static Credentials current() throws IOException {
        return parse(read("/proc/self/status"), read("/proc/self/uid_map"));
    }

    static Credentials parse(String status, String uidMap) {
        var groups = new ArrayList<Integer>();
        for (String group : words(status, "\nGroups:")) {
            groups.add(Fields.id(group));
        }
        List<String> capabilities = words(status, "\nCapEff:");
        return new Credentials(
                effectiveId(words(status, "\nUid:")),
                effectiveId(words(status, "\nGid:")),
                groups,
                capabilities.isEmpty() ? 0 : Long.parseUnsignedLong(capabilities.getFirst(), 16),
                Words.of(uidMap).equals(List.of("0", "0", "4294967295")));
    }

    /// The words behind a line's name; only the lines that are needed are taken apart, for every launch waits for this.
    private static List<String> words(String status, String name) {
        int start = status.indexOf(name);
        if (start < 0) {
            return List.of();
        }
        int end = status.indexOf('\n', start + 1);
        return Words.of(status.substring(start + name.length(), end < 0 ? status.length() : end));
    }

    /// Of real, effective, saved and file system id the second.
    private static int effectiveId(List<String> ids) {
        return ids.size() < 2 ? -1 : (int) Long.parseLong(ids.get(1));
    }

    private static String read(String path) throws IOException {
        return new String(Files.readAllBytes(Path.of(path)), StandardCharsets.UTF_8);
    }
}
