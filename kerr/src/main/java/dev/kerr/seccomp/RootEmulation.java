package dev.kerr.seccomp;

import java.util.List;

/// Root without root's rights: what only root may do to files and to itself succeeds and does nothing. Package managers
/// ask for it and do not look whether it was done, so they work where the only user of a namespace is root.
///
/// Nothing is remembered: a file that was given away still belongs to its owner. FIFOs, sockets and ordinary files
/// are made by mknod(2) all the same; devices, which would need rights of the host, are not.
///
/// **Source:** the method of Priedhorsky, Jennings and Phinney, "Zero-consistency root emulation for unprivileged
/// container image build", 2024.
public final class RootEmulation {
    /// What a program may call to see whether the filter is there: it has no effect, and fails without it.
    static final String SELF_TEST = "kexec_load";

    private static final List<String> CALLS = List.of(
            "chown",
            "chown32",
            "fchown",
            "fchown32",
            "fchownat",
            "lchown",
            "lchown32",
            "setuid",
            "setuid32",
            "setgid",
            "setgid32",
            "setreuid",
            "setreuid32",
            "setregid",
            "setregid32",
            "setresuid",
            "setresuid32",
            "setresgid",
            "setresgid32",
            "setfsuid",
            "setfsuid32",
            "setfsgid",
            "setfsgid32",
            "setgroups",
            "setgroups32",
            "capset",
            SELF_TEST);

    private static final long TYPE = 0170000; // S_IFMT
    private static final long CHARACTER_DEVICE = 0020000; // S_IFCHR
    private static final long BLOCK_DEVICE = 0060000; // S_IFBLK

    private RootEmulation() {}

    /// The program for a machine, as the plan has it.
    public static String text(Abi machine) {
        return machine == Abi.AARCH64 ? ProgramTexts.ROOT_EMULATION_AARCH64 : ProgramTexts.ROOT_EMULATION_X86_64;
    }

    /// What the program is compiled from.
    static Filter filter(Abi machine) {
        Action done = Action.errno(0);
        return new Filter(
                machine.family(),
                Action.ALLOW,
                Action.ALLOW,
                List.of(
                        new Rule(CALLS, done),
                        device("mknod", 1, CHARACTER_DEVICE),
                        device("mknod", 1, BLOCK_DEVICE),
                        device("mknodat", 2, CHARACTER_DEVICE),
                        device("mknodat", 2, BLOCK_DEVICE)));
    }

    /// @param mode which argument is the mode
    private static Rule device(String name, int mode, long type) {
        return new Rule(List.of(name), Action.errno(0), List.of(Condition.masked(mode, TYPE, type)));
    }
}
