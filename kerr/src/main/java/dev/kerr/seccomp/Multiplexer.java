package dev.kerr.seccomp;

import java.util.List;

/// A system call of i386 that stands for several: its first argument says for which. A rule for one of these must hold
/// for it as well, or it would be no rule.
///
/// **Source:** linux/net.h, SYS_*; linux/ipc.h, the calls; `socketcall` and `ipc` of the kernel, which look at 32 and
/// 16 bits of the argument.
enum Multiplexer {
    SOCKETCALL(
            "socketcall",
            0xffff_ffffL,
            1,
            List.of(
                    "socket",
                    "bind",
                    "connect",
                    "listen",
                    "accept",
                    "getsockname",
                    "getpeername",
                    "socketpair",
                    "send",
                    "recv",
                    "sendto",
                    "recvfrom",
                    "shutdown",
                    "setsockopt",
                    "getsockopt",
                    "sendmsg",
                    "recvmsg",
                    "accept4",
                    "recvmmsg",
                    "sendmmsg")),
    IPC_SEMAPHORES("ipc", 0xffffL, 1, List.of("semop", "semget", "semctl", "semtimedop")),
    IPC_MESSAGES("ipc", 0xffffL, 11, List.of("msgsnd", "msgrcv", "msgget", "msgctl")),
    IPC_MEMORY("ipc", 0xffffL, 21, List.of("shmat", "shmdt", "shmget", "shmctl"));

    private final String call;
    private final long mask;
    private final int first;
    private final List<String> names;

    Multiplexer(String call, long mask, int first, List<String> names) {
        this.call = call;
        this.mask = mask;
        this.first = first;
        this.names = names;
    }

    /// The name of the call itself.
    String call() {
        return call;
    }

    /// Whether it stands for a call.
    boolean standsFor(String name) {
        return names.contains(name);
    }

    /// That it stands for a call now.
    Condition means(String name) {
        return Condition.masked(0, mask, first + names.indexOf(name));
    }
}
