package dev.kerr.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// A capability: a part of what root may do. The order is that of the kernel's numbers, from 0.
///
/// A set of capabilities is a `long` in which bit n stands for capability n, as in proc_pid_status(5). [#ALL] stands
/// for
/// all that a kernel has, those included that are newer than this table.
///
/// **Source:** capabilities(7), `linux/capability.h`.
public enum Capability {
    CHOWN("change the owner and group of any file"),
    DAC_OVERRIDE("read, write and execute any file whatever its mode"),
    DAC_READ_SEARCH("read any file and search any directory; open files by handle"),
    FOWNER("do what else only a file's owner may: change modes, times and attributes, remove from sticky directories"),
    FSETID("keep the setuid and setgid bits of files that are changed"),
    KILL("send signals to any process"),
    SETGID("take any group and supplementary groups; map group ids in user namespaces"),
    SETUID("take any user id; map user ids in user namespaces"),
    SETPCAP("change securebits and the bounding and inheritable sets of capabilities"),
    LINUX_IMMUTABLE("make files immutable or append-only, and the other way round"),
    NET_BIND_SERVICE("bind ports below 1024"),
    NET_BROADCAST("unused; once for broadcasts and multicasts"),
    NET_ADMIN("configure networks: interfaces, routes, firewalls, promiscuous mode"),
    NET_RAW("use raw and packet sockets; bind any address for transparent proxies"),
    IPC_LOCK("lock memory, and use huge pages in shared memory"),
    IPC_OWNER("use any System V message queue, semaphore and shared memory"),
    SYS_MODULE("load and unload kernel modules"),
    SYS_RAWIO("use ports and memory of devices directly"),
    SYS_CHROOT("use chroot, and enter mount namespaces"),
    SYS_PTRACE("trace any process, and read and write its memory"),
    SYS_PACCT("switch process accounting on and off"),
    SYS_ADMIN("mount, make and enter namespaces, set quotas and host names, and much that has no other capability"),
    SYS_BOOT("reboot, and load another kernel"),
    SYS_NICE("raise priorities, and set scheduling and processors of any process"),
    SYS_RESOURCE("go beyond limits of resources, quotas and reserved space"),
    SYS_TIME("set the system's clock"),
    SYS_TTY_CONFIG("hang up terminals, and configure virtual ones"),
    MKNOD("make device files"),
    LEASE("take leases on any file"),
    AUDIT_WRITE("write to the kernel's audit log"),
    AUDIT_CONTROL("configure the kernel's audit"),
    SETFCAP("give files capabilities; map id 0 of the outer user namespace"),
    MAC_OVERRIDE("override mandatory access control (Smack)"),
    MAC_ADMIN("configure mandatory access control (Smack)"),
    SYSLOG("read the kernel's log and addresses"),
    WAKE_ALARM("set timers that wake the system up"),
    BLOCK_SUSPEND("keep the system from being suspended"),
    AUDIT_READ("read the kernel's audit log"),
    PERFMON("measure performance of the whole system"),
    BPF("load BPF programs into the kernel"),
    CHECKPOINT_RESTORE("checkpoint and restore processes");

    /// Every capability of any kernel.
    public static final long ALL = -1;

    private static final String PREFIX = "CAP_";

    private final String description;

    Capability(String description) {
        this.description = description;
    }

    /// What it allows.
    public String description() {
        return description;
    }

    /// As it is written: `CAP_CHOWN`.
    public String text() {
        return PREFIX + name();
    }

    /// The set of it alone.
    public long mask() {
        return 1L << ordinal();
    }

    /// The set that a name means: `CAP_CHOWN`, `chown`, and `all` for [#ALL]; empty if there is none of that name.
    public static OptionalLong named(String name) {
        String upper = name.strip().toUpperCase(Locale.ROOT);
        if (upper.equals("ALL")) {
            return OptionalLong.of(ALL);
        }
        for (Capability capability : values()) {
            if (upper.equals(capability.name()) || upper.equals(capability.text())) {
                return OptionalLong.of(capability.mask());
            }
        }
        return OptionalLong.empty();
    }

    /// The names of a set, in the kernel's order; without those that this table has not.
    public static List<String> names(long set) {
        var names = new ArrayList<String>();
        for (Capability capability : values()) {
            if ((set & capability.mask()) != 0) {
                names.add(capability.text());
            }
        }
        return names;
    }
}
