package dev.kerr.runtime;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Stops all processes of a container at once, and has them go on: by its control group.
///
/// @param groups the container's control groups
///
/// **Source:** the kernel's `Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst` and `cgroup-v2.rst`.
public record Freezer(List<String> groups) {
    private static final String V1 = "freezer.state";
    private static final String V2 = "cgroup.freeze";
    private static final int ATTEMPTS = 500;
    private static final long PAUSE_NANOS = 10_000_000;

    public Freezer {
        groups = List.copyOf(groups);
    }

    boolean isFrozen() {
        var file = file();
        if (file.isEmpty()) {
            return false;
        }
        String text = text(file.get());
        return text.equals("FROZEN") || text.equals("FREEZING") || text.equals("1");
    }

    /// Freezes or thaws it, and waits until it is.
    ///
    /// @throws UserException if it has no control group that can be frozen
    public void set(boolean frozen) throws UserException, IOException {
        Path file = file().orElseThrow(() -> new UserException(
                "the container has no control group that can be frozen",
                "root's containers have one, and those below a group that is yours: linux.cgroupsPath names it"));
        boolean isV1 = file.endsWith(V1);
        String word = isV1 ? frozen ? "FROZEN" : "THAWED" : frozen ? "1" : "0";
        Files.writeString(file, word);
        for (int i = 0; isV1 && i < ATTEMPTS && !text(file).equals(word); i++) {
            Files.writeString(file, word);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (!text(file).equals(word)) {
            throw new UserException("the container does not " + (frozen ? "freeze" : "go on") + ": see " + file);
        }
    }

    private Optional<Path> file() {
        for (String group : groups) {
            for (String name : List.of(V1, V2)) {
                Path file = Path.of(group, name);
                if (Files.exists(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException gone) {
            return "";
        }
    }
}
