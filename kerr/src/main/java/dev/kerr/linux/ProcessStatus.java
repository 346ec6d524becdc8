package dev.kerr.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the kernel says of a process.
///
/// @param state one letter: `R`, `S`, `D`, `Z`, …
/// @param parent the number of its parent
/// @param ticks of the processor that it has had, in user and in kernel mode
/// @param startTime in clock ticks since boot
///
/// **Source:** proc_pid_stat(5).
public record ProcessStatus(long pid, char state, long parent, long ticks, long startTime) {
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int USER_TICKS = 11;
    private static final int KERNEL_TICKS = 12;
    private static final int START = 19;

    /// Reads `/proc/PID/stat`; empty if there is no such process.
    public static Optional<ProcessStatus> of(long pid) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            return parse(pid, new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /// @param text whose second field is a name in parentheses, with anything in it
    static Optional<ProcessStatus> parse(long pid, String text) {
        int end = text.lastIndexOf(')');
        List<String> fields = end < 0 ? List.of() : Words.of(text.substring(end + 1));
        if (fields.size() <= START) {
            return Optional.empty();
        }
        return Optional.of(new ProcessStatus(
                pid,
                fields.get(STATE).charAt(0),
                Long.parseLong(fields.get(PARENT)),
                Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(KERNEL_TICKS)),
                Long.parseLong(fields.get(START))));
    }

    /// Whether only its status is left, for its parent to take.
    public boolean hasEnded() {
        return state == 'Z' || state == 'X';
    }
}
