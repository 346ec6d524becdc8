package dev.kerr.seccomp;

/// What becomes of a system call.
///
/// @param data the errno of [Kind#ERRNO], 0 for a success that does nothing; what a tracer is told by [Kind#TRACE];
///     else 0
public record Action(Kind kind, int data) {
    /// No errno is larger: MAX_ERRNO of the kernel.
    static final int MOST_ERRNO = 4095;

    static final int EPERM = 1;

    public static final Action ALLOW = new Action(Kind.ALLOW, 0);
    public static final Action KILL_PROCESS = new Action(Kind.KILL_PROCESS, 0);

    public Action {
        int most = kind == Kind.ERRNO ? MOST_ERRNO : kind == Kind.TRACE ? 0xffff : 0;
        if (data < 0 || data > most) {
            throw new IllegalArgumentException(kind + " with " + data);
        }
    }

    /// The call fails.
    ///
    /// @param number 0 for a success that does nothing
    public static Action errno(int number) {
        return new Action(Kind.ERRNO, number);
    }

    /// What the program returns for it.
    long value() {
        return kind.value | data;
    }

    /// From the strictest to the laxest.
    ///
    /// **Source:** SECCOMP_RET_* of linux/seccomp.h, seccomp(2).
    public enum Kind {
        KILL_PROCESS(0x8000_0000L),
        KILL_THREAD(0),
        TRAP(0x0003_0000L),
        ERRNO(0x0005_0000L),
        TRACE(0x7ff0_0000L),
        LOG(0x7ffc_0000L),
        ALLOW(0x7fff_0000L);

        private final long value;

        Kind(long value) {
            this.value = value;
        }

        boolean isStricterThan(Kind other) {
            return ordinal() < other.ordinal();
        }
    }
}
