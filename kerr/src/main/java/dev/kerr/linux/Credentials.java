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
        int uid = -1;
        int gid = -1;
        long capabilities = 0;
        var groups = new ArrayList<Integer>();
        for (String line : status.split("\n")) {
            List<String> words = Words.of(line);
            if (words.size() < 2) {
                continue;
            }
            switch (words.get(0)) {
                case "Uid:" -> uid = (int) Long.parseLong(words.get(2));
                case "Gid:" -> gid = (int) Long.parseLong(words.get(2));
                case "Groups:" -> addIds(words, groups);
                case "CapEff:" -> capabilities = Long.parseUnsignedLong(words.get(1), 16);
                default -> {}
            }
        }
        boolean initial = Words.of(uidMap).equals(List.of("0", "0", "4294967295"));
        return new Credentials(uid, gid, groups, capabilities, initial);
    }

    private static void addIds(List<String> words, List<Integer> groups) {
        for (String word : words.subList(1, words.size())) {
            groups.add(Fields.id(word));
        }
    }

    private static String read(String path) throws IOException {
        return new String(Files.readAllBytes(Path.of(path)), StandardCharsets.UTF_8);
    }
}
