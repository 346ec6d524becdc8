package dev.kerr.seccomp;

import java.util.List;

/// Keeps a payload from typing on the terminal that it shares with the user's shell: TIOCSTI puts characters into its
/// input, TIOCLINUX pastes them. The kernel looks at 32 bits of the request, so the filter does no more, whatever is in
/// the others.
///
/// **Source:** ioctl_tty(2), ioctl_console(2); CVE-2017-5226, CVE-2019-10063, CVE-2023-28100.
public final class TerminalFilter {
    private static final long REQUEST = 0xffff_ffffL;
    private static final long TIOCSTI = 0x5412;
    private static final long TIOCLINUX = 0x541c;

    private TerminalFilter() {}

    /// The program for a machine, as the plan has it.
    public static String text(Abi machine) {
        return machine == Abi.AARCH64 ? ProgramTexts.TERMINAL_AARCH64 : ProgramTexts.TERMINAL_X86_64;
    }

    /// What the program is compiled from.
    static Filter filter(Abi machine) {
        return new Filter(machine.family(), Action.ALLOW, Action.ALLOW, List.of(request(TIOCSTI), request(TIOCLINUX)));
    }

    private static Rule request(long number) {
        return new Rule(List.of("ioctl"), Action.errno(Action.EPERM), List.of(Condition.masked(1, REQUEST, number)));
    }
}
