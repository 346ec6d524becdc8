package dev.kerr.runtime;

import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.RuntimeOp;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.Device;
import dev.kerr.runtime.BundleConfig.IdMapping;
import dev.kerr.runtime.BundleConfig.MountEntry;
import dev.kerr.runtime.BundleConfig.Propagation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Mounts and devices of a bundle, in the order of its `config.json`.
final class BundleMounts {
    private static final String CGROUPS = "/sys/fs/cgroup";

    /// **Source:** the runtime specification, `config-linux.md`, Default Devices.
    private static final List<String> DEVICES =
            List.of("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty");

    /// New file systems that say nothing of the host.
    private static final Set<String> NEW = Set.of("tmpfs", "devpts", "mqueue", "sysfs", "ramfs");

    private final BundleConfig config;
    private final Path bundle;
    private final HostView host;
    private final List<Op> ops = new ArrayList<>();
    private boolean hasHostsDevices;

    private BundleMounts(BundleConfig config, Path bundle, HostView host) {
        this.config = config;
        this.bundle = bundle;
        this.host = host;
    }

    static List<Op> plan(BundleConfig config, Path bundle, HostView host) throws UserException {
        var mounts = new BundleMounts(config, bundle, host);
        for (MountEntry mount : config.mounts()) {
            mounts.add(mount);
        }
        mounts.addDevices();
        return mounts.ops;
    }

    private void add(MountEntry mount) throws UserException {
        var options = MountOptions.parse(mount.place(), mount.options());
        if (mount.destination().equals("/")) {
            throw new UserException(mount.place() + ".destination: / is not supported: root.path is what lies there");
        }
        String type = mount.type();
        if (options.copy().isPresent() || type.equals("bind")) {
            bind(mount, options);
        } else if (type.equals("proc")) {
            target(mount.destination());
            proc(mount, options);
        } else if (type.equals("cgroup") || type.equals("cgroup2")) {
            cgroups(mount, options);
        } else if (NEW.contains(type)) {
            target(mount.destination());
            checkGroup(mount, options);
            ops.add(RuntimeOp.with(
                    OpCode.NEW_MOUNT, List.of(mount.destination(), type, options.text()), options.data()));
        } else {
            throw new UserException(mount.place() + ".type: \"" + type
                    + "\" is not supported (hint: mount it on the host, and bind it)");
        }
    }

    private void bind(MountEntry mount, MountOptions options) throws UserException {
        if (!options.data().isEmpty()) {
            throw new UserException(
                    mount.place() + ".options: " + options.data().getFirst() + " means nothing here");
        }
        if (mount.source().isEmpty()) {
            throw new UserException(mount.place() + ".source is missing");
        }
        String source = bundle.resolve(mount.source()).normalize().toString();
        if (!host.isThere(source)) {
            throw new UserException(mount.place() + ".source: " + source + " does not exist");
        }
        hasHostsDevices |= mount.destination().equals("/dev");
        boolean isSlave = options.isSlave()
                || config.linux().propagation() == Propagation.SLAVE
                        && !mount.options().contains("private")
                        && !mount.options().contains("rprivate");
        var all = new MountOptions(
                options.copy().or(() -> java.util.Optional.of(MountOptions.Copy.ONE)),
                options.flags(),
                List.of(),
                isSlave);
        ops.add(RuntimeOp.of(
                OpCode.TARGET,
                mount.destination(),
                host.isDirectory(source) ? "directory" : "file",
                host.isDirectory(source) ? "755" : "644"));
        ops.add(new Op.Bind(source, mount.destination(), all.text()));
    }

    private void target(String path) {
        ops.add(RuntimeOp.of(OpCode.TARGET, path, "directory", "755"));
    }

    /// Without options it is the host's where the kernel refuses a new one.
    private void proc(MountEntry mount, MountOptions options) {
        if (options.data().isEmpty()) {
            ops.add(new Op.MountProc(mount.destination()));
            if (options.isReadOnly()) {
                ops.add(RuntimeOp.of(OpCode.ATTRIBUTES, mount.destination(), "ro"));
            }
        } else {
            ops.add(RuntimeOp.with(
                    OpCode.NEW_MOUNT, List.of(mount.destination(), "proc", options.text()), options.data()));
        }
    }

    /// Control groups of version 2 are the container's own in a namespace of its own; else those of the host can be
    /// looked at.
    private void cgroups(MountEntry mount, MountOptions options) throws UserException {
        target(mount.destination());
        if (host.isThere(CGROUPS + "/cgroup.controllers") && config.linux().hasNew("cgroup")) {
            ops.add(RuntimeOp.of(OpCode.NEW_MOUNT, mount.destination(), "cgroup2", options.text()));
            return;
        }
        if (!options.isReadOnly()) {
            throw new UserException(
                    mount.place() + ".options: a mount of the host's control groups must have \"ro\"",
                    "control groups of version 2 and a cgroup namespace make it the container's own");
        }
        ops.add(new Op.Bind(CGROUPS, mount.destination(), options.text() + ",private"));
    }

    /// The kernel says of an id that is not mapped only that something is invalid.
    private void checkGroup(MountEntry mount, MountOptions options) throws UserException {
        for (String word : options.data()) {
            if (!word.startsWith("gid=") || !config.linux().hasNew("user")) {
                continue;
            }
            boolean isMapped = false;
            for (IdMapping mapping : config.linux().groups()) {
                isMapped |= word.equals("gid=" + mapping.inside()) || covers(mapping, word.substring("gid=".length()));
            }
            if (!isMapped) {
                throw new UserException(
                        mount.place() + ".options: " + word + " is not supported: linux.gidMappings has no such group",
                        "leave it out");
            }
        }
    }

    private static boolean covers(IdMapping mapping, String id) {
        try {
            long number = Long.parseLong(id);
            return number >= mapping.inside() && number < mapping.inside() + mapping.count();
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }

    /// Where the host's /dev is, its devices are.
    private void addDevices() throws UserException {
        if (hasHostsDevices) {
            return;
        }
        for (String path : DEVICES) {
            device(path);
        }
        for (Device device : config.linux().devices()) {
            if (DEVICES.contains(device.path())) {
                continue;
            }
            var present = host.device(device.path());
            if (present.isEmpty()
                    || !present.get().equals(new HostView.DeviceFile(device.type(), device.major(), device.minor()))) {
                throw new UserException(device.place() + " is not supported: the host has no device " + device.type()
                        + " " + device.major() + ":" + device.minor() + " at " + device.path()
                        + " (hint: devices of the host can be bound, others are not made)");
            }
            device(device.path());
        }
        link("/dev/fd", "/proc/self/fd");
        link("/dev/stdin", "/proc/self/fd/0");
        link("/dev/stdout", "/proc/self/fd/1");
        link("/dev/stderr", "/proc/self/fd/2");
        for (MountEntry mount : config.mounts()) {
            if (mount.destination().equals("/dev/pts")) {
                link("/dev/ptmx", "pts/ptmx");
            }
        }
        if (config.process().terminal()) {
            ops.add(RuntimeOp.of(OpCode.TARGET, "/dev/console", "file", "620"));
        }
    }

    private void device(String path) {
        ops.add(RuntimeOp.of(OpCode.TARGET, path, "file", "666"));
        ops.add(new Op.Bind(path, path, "noexec,private"));
    }

    private void link(String path, String to) {
        ops.add(RuntimeOp.of(OpCode.TARGET, path, "link", to));
    }
}
