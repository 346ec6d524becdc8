package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.Isolation.Namespace;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// The namespaces that a payload has of its own, and what of the kernel it then sees.
final class OwnNamespaces {
    /// Session paths.
    private static final String FILES = "/files";

    private static final String EMPTY_FILE = FILES + "/empty";
    private static final String EMPTY_DIRECTORY = FILES + "/nothing";

    /// What tells of the machine or of others, and no payload needs.
    ///
    /// **Source:** `maskedPaths` that container engines give in the OCI runtime specification.
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware",
            "/sys/kernel/debug",
            "/sys/kernel/security",
            "/sys/kernel/tracing");

    /// What steers the machine.
    ///
    /// **Source:** `readonlyPaths`, likewise.
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final Isolation isolation;
    private final MountPoints points;
    private final boolean hasProc;

    OwnNamespaces(ContainerSpec spec, Config config, MountPoints points) throws UserException {
        this.isolation = spec.isolation();
        this.points = points;
        this.hasProc = config.mounts().proc() && !spec.hostView().leavesOut("proc");
        check(config.allow().namespaces());
    }

    private void check(Config.Namespaces allow) throws UserException {
        if (hasProcesses() && !allow.pid()) {
            throw notAllowed("PID namespaces", "pid", "--no-pid does without one");
        }
        if (isolation.namespaces().contains(Namespace.IPC) && !allow.ipc()) {
            throw notAllowed("IPC namespaces", "ipc", "--contain and --cleanenv do without one");
        }
        if (isolation.namespaces().contains(Namespace.UTS) && !allow.uts()) {
            throw notAllowed("UTS namespaces", "uts", "do without --uts and --hostname");
        }
    }

    private static UserException notAllowed(String what, String directive, String remedy) {
        return new UserException(what + " are not allowed on this host: allow " + directive + " ns = no", remedy);
    }

    private boolean hasProcesses() {
        return isolation.processes() != Processes.HOST;
    }

    /// Plans the files that go with them, before the user's binds.
    void addFiles() throws UserException {
        if (isolation.hostname().isPresent()) {
            points.session().directory(FILES, 0755);
            points.session()
                    .file(FILES + "/hostname", 0644, isolation.hostname().get() + "\n");
            points.addSession(new Mount(FILES + "/hostname", "/etc/hostname", "ro,nodev", Need.QUIET));
        }
        if (masks()) {
            points.session().directory(FILES, 0755);
            points.session().file(EMPTY_FILE, 0444, "");
            points.session().directory(EMPTY_DIRECTORY, 0555);
        }
    }

    private boolean masks() {
        return hasProcesses() && isolation.masksProc();
    }

    /// What is done before anything is mounted.
    List<Op> enter() {
        var ops = new ArrayList<Op>();
        if (!isolation.namespaces().isEmpty()) {
            ops.add(new IsolationOp.Namespaces(isolation.namespaces()));
        }
        isolation.hostname().ifPresent(name -> ops.add(new IsolationOp.Hostname(name)));
        return ops;
    }

    /// What is done when everything else is mounted: file system servers are outside, and are not killed with the
    /// payload before they have written what they keep.
    List<Op> enterProcesses() {
        var ops = new ArrayList<Op>();
        if (!hasProcesses()) {
            return ops;
        }
        boolean init = isolation.processes() == Processes.OWN;
        ops.add(new IsolationOp.ProcessNamespace(
                init ? IsolationOp.FirstProcess.INIT : IsolationOp.FirstProcess.PAYLOAD));
        if (hasProc) {
            ops.add(new Op.MountProc("/proc"));
        }
        if (masks()) {
            ops.add(new IsolationOp.Mask(EMPTY_FILE, EMPTY_DIRECTORY, MASKED));
            ops.add(new IsolationOp.ReadOnly(READ_ONLY));
        }
        return ops;
    }

    /// What is done last before the payload starts.
    List<Op> beforePayload() {
        return isolation.ownKeyring() ? List.of(new Op.Plain(OpCode.KEYRING)) : List.of();
    }
}
