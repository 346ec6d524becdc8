package dev.kerr.runtime;

import java.util.List;
import java.util.Optional;

/// Settings of the kernel that each namespace has for itself.
///
/// **Source:** ipc_namespaces(7), network_namespaces(7), uts_namespaces(7).
final class SysctlNames {
    private static final List<String> OF_IPC = List.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private SysctlNames() {}

    /// The kind of namespace that has it; empty if it is the host's.
    static Optional<String> namespaceOf(String name) {
        if (name.startsWith("net.")) {
            return Optional.of("network");
        }
        if (name.startsWith("fs.mqueue.") || OF_IPC.contains(name)) {
            return Optional.of("ipc");
        }
        return name.equals("kernel.domainname") ? Optional.of("uts") : Optional.empty();
    }
}
