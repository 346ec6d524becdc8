package dev.kerr.instance;

import dev.kerr.linux.ProcessStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The process 1 of an instance, and what no other process has in common with it: so neither a number that another
/// process has now nor a record that somebody made up is taken for it.
///
/// @param pid its number on the host
/// @param parent the number of the process that waits for it, and removes the record when it has ended
/// @param startTime in clock ticks since boot
/// @param bootId of the kernel that it runs on
/// @param namespaces their inode numbers, by the names of `/proc/PID/ns`
///
/// **Source:** proc_pid_stat(5), namespaces(7), random(4).
public record Anchor(long pid, long parent, long startTime, String bootId, Map<String, Long> namespaces) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    public Anchor {
        Objects.requireNonNull(bootId);
        namespaces = Map.copyOf(namespaces);
    }

    /// What has become of it.
    public enum State {
        RUNNING,
        /// It has ended; who waits for it is about to remove the record.
        ENDING,
        /// There is no such process, or it is another.
        GONE
    }

    /// Looks at the process.
    ///
    /// @param owner the user whose process it must be
    public State state(int owner) {
        var status = ProcessStatus.of(pid);
        if (status.isEmpty() || status.get().startTime() != startTime || !bootId.equals(currentBootId())) {
            return State.GONE;
        }
        if (status.get().hasEnded()) {
            return status.get().parent() == parent ? State.ENDING : State.GONE;
        }
        return owner == ownerOf() && isApart() && isInItsNamespaces() ? State.RUNNING : State.GONE;
    }

    private int ownerOf() {
        try {
            return Files.getAttribute(Path.of("/proc/" + pid), "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            instanceof Integer uid
                    ? uid
                    : -1;
        } catch (IOException ended) {
            return -1;
        }
    }

    /// An instance has processes and mounts of its own: a process that shares ours is none.
    private boolean isApart() {
        for (String kind : List.of("mnt", "pid")) {
            Long inode = namespaces.get(kind);
            if (inode == null || is(Path.of("/proc/self/ns").resolve(kind), kind, inode)) {
                return false;
            }
        }
        return true;
    }

    private boolean isInItsNamespaces() {
        for (var namespace : namespaces.entrySet()) {
            String kind = namespace.getKey();
            if (!is(Path.of("/proc/" + pid + "/ns").resolve(kind), kind, namespace.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean is(Path link, String kind, long inode) {
        try {
            return Files.readSymbolicLink(link).toString().equals(kind + ":[" + inode + "]");
        } catch (IOException endedOrAnothers) {
            return false;
        }
    }

    private static String currentBootId() {
        try {
            return new String(Files.readAllBytes(BOOT_ID), StandardCharsets.US_ASCII).strip();
        } catch (IOException noProc) {
            return "";
        }
    }
}
