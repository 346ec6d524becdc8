package dev.kerr.cgroups;

import java.util.Optional;

/// A controller of control groups, by its names in both versions.
///
/// **Source:** cgroups(7); the kernel's `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/`.
public enum Controller {
    CPU("cpu", "cpu"),
    CPUSET("cpuset", "cpuset"),
    MEMORY("memory", "memory"),
    PIDS("pids", "pids"),
    IO("blkio", "io"),
    HUGETLB("hugetlb", "hugetlb"),
    RDMA("rdma", "rdma"),
    DEVICES("devices", ""),
    NET_CLASS("net_cls", ""),
    NET_PRIORITY("net_prio", ""),
    MISC("", "misc");

    private final String v1;
    private final String v2;

    Controller(String v1, String v2) {
        this.v1 = v1;
        this.v2 = v2;
    }

    /// Its name on a host of the first version; empty if it is of the second alone.
    public String v1() {
        return v1;
    }

    /// Its name on a host of the second version; empty if it is of the first alone.
    public String v2() {
        return v2;
    }

    /// Whether a file of version 2, such as `memory.high`, is this controller's.
    boolean hasFile(String file) {
        return ofFile(file).equals(Optional.of(this));
    }

    /// The controller that a file of version 2 belongs to, such as `memory.high`.
    public static Optional<Controller> ofFile(String file) {
        int dot = file.indexOf('.');
        String name = dot < 0 ? file : file.substring(0, dot);
        for (Controller controller : values()) {
            if (!controller.v2.isEmpty() && controller.v2.equals(name)) {
                return Optional.of(controller);
            }
        }
        return Optional.empty();
    }
}
