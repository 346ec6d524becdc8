package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether a program has privilege of its own when an ordinary user starts it.
///
/// **Source:** execve(2), capabilities(7).
public final class ProgramPrivilege {
    private static final int SETUID = 04000;
    private static final String CAPABILITIES = "security.capability";

    private ProgramPrivilege() {}

    /// Whether it is setuid root or has file capabilities, whatever its mount allows.
    public static boolean has(Path program) throws IOException {
        Path file = program.toRealPath();
        boolean setuid = ((Integer) Files.getAttribute(file, "unix:mode") & SETUID) != 0;
        return setuid && (Integer) Files.getAttribute(file, "unix:uid") == 0
                || CLibrary.hasAttribute(file, CAPABILITIES);
    }

    /// Whether this process starts no program with privilege: no_new_privs.
    public static boolean isForbidden() throws IOException {
        String status = new String(Files.readAllBytes(Path.of("/proc/self/status")), StandardCharsets.UTF_8);
        return status.contains("\nNoNewPrivs:\t1");
    }
}
