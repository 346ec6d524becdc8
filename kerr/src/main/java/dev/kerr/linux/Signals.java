package dev.kerr.linux;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/// Signals by name.
///
/// **Source:** signal(7); the numbers of x86-64 and arm64.
public final class Signals {
    public static final int SIGINT = 2;
    public static final int SIGKILL = 9;
    private static final int LAST = 64;
    private static final int REAL_TIME_FROM = 34;

    /// From number 1 on.
    private static final List<String> NAMES = List.of(
            ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN"
                            + " TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
                    .split(" "));

    private Signals() {}

    /// The number of a signal.
    ///
    /// @param name `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`; empty if there is no such signal
    public static OptionalInt number(String name) {
        String word = name.toUpperCase(Locale.ROOT);
        word = word.startsWith("SIG") ? word.substring("SIG".length()) : word;
        int index = NAMES.indexOf(word);
        if (index >= 0) {
            return OptionalInt.of(index + 1);
        }
        String digits = word.startsWith("RTMIN+") ? word.substring("RTMIN+".length()) : word;
        int number = word.equals("RTMIN") ? 0 : Fields.id(digits);
        number += word.startsWith("RTMIN") && number >= 0 ? REAL_TIME_FROM : 0;
        return number >= 1 && number <= LAST ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
