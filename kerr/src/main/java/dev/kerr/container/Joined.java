package dev.kerr.container;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An instance that a launch enters.
///
/// @param image as a path on the host
/// @param home the home directory in it
/// @param binds the targets of the user's binds, with commas between
/// @param process its first
/// @param cgroups files of processes of its control groups, if it has its own
/// @param entry what gives a process of it the rights that it has
public record Joined(
        String name,
        String image,
        String home,
        String binds,
        FirstProcess process,
        List<String> cgroups,
        List<Op> entry) {
    public Joined {
        Objects.requireNonNull(name);
        Objects.requireNonNull(image);
        Objects.requireNonNull(home);
        Objects.requireNonNull(binds);
        Objects.requireNonNull(process);
        cgroups = List.copyOf(cgroups);
        entry = List.copyOf(entry);
    }

    /// What tells a process from all others.
    ///
    /// @param startTime in clock ticks since boot
    /// @param namespaces their inode numbers, by kind
    public record FirstProcess(long pid, long startTime, String bootId, Map<String, Long> namespaces) {
        public FirstProcess {
            Objects.requireNonNull(bootId);
            namespaces = Map.copyOf(namespaces);
        }
    }
}
