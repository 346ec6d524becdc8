package dev.kerr.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// The permissions that the caller does not want for new files.
///
/// **Source:** umask(2); proc_pid_status(5).
public final class Umask {
    private static final String FIELD = "Umask:";

    private Umask() {}

    /// The permissions of a new program: 0755 less the umask.
    public static Set<PosixFilePermission> executable() throws IOException {
        return permissions(0755 & ~current());
    }

    /// The permissions of a new file: 0666 less the umask.
    public static Set<PosixFilePermission> file() throws IOException {
        return permissions(0666 & ~current());
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's r to the others' x
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    private static int current() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(FIELD)) {
                return Integer.parseInt(line.substring(FIELD.length()).strip(), 8);
            }
        }
        throw new IOException("/proc/self/status has no umask");
    }
}
