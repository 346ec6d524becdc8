package dev.kerr.linux;

import java.io.IOException;
import java.util.Optional;

/// A process that keeps its number for us: a signal reaches it or nobody, never another that has the number later.
///
/// **Source:** pidfd_open(2), pidfd_send_signal(2).
public final class HeldProcess implements AutoCloseable {
    private static final int PIDFD_SEND_SIGNAL = 424;
    private static final int PIDFD_OPEN = 434;
    private static final int ESRCH = 3;

    private final long pid;
    private final int descriptor;

    private HeldProcess(long pid, int descriptor) {
        this.pid = pid;
        this.descriptor = descriptor;
    }

    /// Takes hold of the process that has a number now; empty if none has. Whether it is the right one is to be looked
    /// at behind this.
    public static Optional<HeldProcess> open(long pid) throws IOException {
        int result = CLibrary.syscall(PIDFD_OPEN, pid, 0);
        if (result == -ESRCH || result == -CLibrary.EINVAL) {
            return Optional.empty();
        }
        if (result < 0) {
            throw new IOException("cannot open process " + pid + ": error " + -result);
        }
        return Optional.of(new HeldProcess(pid, result));
    }

    /// Sends a signal; nothing happens if the process has ended.
    public void signal(int signal) throws IOException {
        int result = CLibrary.syscall(PIDFD_SEND_SIGNAL, descriptor, signal);
        if (result < 0 && result != -ESRCH) {
            throw new IOException("cannot send signal " + signal + " to process " + pid + ": error " + -result);
        }
    }

    @Override
    public void close() {
        CLibrary.close(descriptor);
    }
}
