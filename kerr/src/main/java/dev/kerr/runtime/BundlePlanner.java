package dev.kerr.runtime;

import dev.kerr.cgroups.NamedGroups;
import dev.kerr.cgroups.Setting;
import dev.kerr.container.IsolationOp;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.Plan;
import dev.kerr.container.RuntimeOp;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundleConfig.Hook;
import dev.kerr.runtime.BundleConfig.IdMapping;
import dev.kerr.runtime.BundleConfig.Namespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Compiles the making of a container from a bundle into operations: a function of its `config.json`, of what was asked
/// for on the command line, and of the host.
///
/// The order of a plan: the claim of the name, control groups, namespaces, the process, its record, the tree, entry,
/// identity, rights, the wait for the start, the program.
public final class BundlePlanner {
    private static final String ROOT = "/root";
    private static final String EMPTY_FILE = "/empty-file";
    private static final String EMPTY_DIRECTORY = "/empty";
    private static final long SESSION_BYTES = 1 << 20;

    /// The kinds of namespace that a plan names in another way than the specification.
    private static final Map<String, String> WORDS = Map.of("network", "net");

    private final BundleConfig config;
    private final Making making;
    private final HostView host;
    private final HostView.Caller caller;
    private final List<Op> ops = new ArrayList<>();

    private BundlePlanner(BundleConfig config, Making making, HostView host, HostView.Caller caller) {
        this.config = config;
        this.making = making;
        this.host = host;
        this.caller = caller;
    }

    /// When whoever called us ends.
    public enum Manner {
        /// When the process waits to be started.
        WAIT("wait"),
        /// When the program has started.
        LEAVE("leave"),
        /// When it has ended.
        STAY("stay");

        private final String word;

        Manner(String word) {
            this.word = word;
        }
    }

    /// What was asked for beside the bundle.
    ///
    /// @param directories of the host that are made if they are not there, each below one that is before it
    /// @param stateDirectory of this container alone
    /// @param groups control groups
    /// @param filters of system calls
    /// @param isNewKeyring whether it is to have a session keyring of its own
    /// @param record the texts around what the C program knows of the process
    public record Making(
            String id,
            Path bundle,
            List<Path> directories,
            Path stateDirectory,
            Asked process,
            List<NamedGroups.Group> groups,
            List<Op.Seccomp> filters,
            boolean isNewKeyring,
            ContainerRecord.Texts record) {
        public Making {
            Objects.requireNonNull(id);
            Objects.requireNonNull(bundle);
            directories = List.copyOf(directories);
            Objects.requireNonNull(stateDirectory);
            Objects.requireNonNull(process);
            groups = List.copyOf(groups);
            filters = List.copyOf(filters);
            Objects.requireNonNull(record);
        }
    }

    /// What was asked for a process, be it the first or another.
    ///
    /// @param pidFile absolute, or empty
    /// @param consoleSocket absolute, or empty
    /// @param keptFiles how many open files beyond the standard ones the program gets
    public record Asked(Manner manner, String pidFile, String consoleSocket, int keptFiles) {}

    /// Plans it.
    ///
    /// @throws UserException if it asks for what cannot be done on this host, or by this user
    public static Plan plan(BundleConfig config, Making making, HostView host, HostView.Caller caller)
            throws UserException {
        return new BundlePlanner(config, making, host, caller).plan();
    }

    private Plan plan() throws UserException {
        var identity = new BundleIdentity(config, caller);
        identity.check();
        String root = making.bundle().resolve(config.root().path()).normalize().toString();
        if (!host.isDirectory(root)) {
            throw new UserException("config.json: root.path: " + root + " is no directory");
        }
        for (Path directory : making.directories()) {
            ops.add(new Op.HostDirectory(directory.toString(), 0700));
        }
        for (Hook hook : config.hooks()) {
            ops.add(hook(hook));
        }
        create();
        ops.addAll(groups(making.groups()));
        if (config.process().oomScoreAdjustment().isPresent()) {
            ops.add(RuntimeOp.of(
                    OpCode.PROC_WRITE,
                    "self/oom_score_adj",
                    Integer.toString(config.process().oomScoreAdjustment().getAsInt())));
        }
        namespaces(identity);
        tree(root);
        ops.add(new Op.Plain(OpCode.ENTER));
        names();
        if (making.isNewKeyring()) {
            ops.add(new Op.Plain(OpCode.KEYRING));
        }
        ops.addAll(ProcessPlanner.plan(
                config.process(),
                making.process(),
                making.filters(),
                identity.payload(config.process().user())));
        return new Plan(ops, List.of());
    }

    /// A hook as a plan has it.
    static Op hook(Hook hook) {
        var rest = new ArrayList<>(hook.arguments());
        rest.addAll(hook.environment());
        return RuntimeOp.with(
                OpCode.HOOK,
                List.of(
                        hook.phase(),
                        Integer.toString(hook.seconds()),
                        hook.path(),
                        Integer.toString(hook.arguments().size())),
                rest);
    }

    private void create() {
        var groups = new ArrayList<String>();
        for (NamedGroups.Group group : making.groups()) {
            groups.add(group.directory());
        }
        ops.add(create(making.id(), making.stateDirectory().toString(), making.process(), making.record(), groups));
    }

    static Op create(String id, String directory, Asked process, ContainerRecord.Texts record, List<String> groups) {
        return RuntimeOp.with(
                OpCode.CREATE,
                List.of(
                        id,
                        directory,
                        process.pidFile(),
                        process.manner().word,
                        process.consoleSocket(),
                        record.state()),
                groups);
    }

    private static List<Op> groups(List<NamedGroups.Group> groups) {
        if (groups.isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<String>();
        for (NamedGroups.Group group : groups) {
            words.add(group.directory());
            for (Setting setting : group.settings()) {
                words.add(setting.file());
                words.add(setting.value());
            }
        }
        return List.of(new RuntimeOp(OpCode.CGROUP_KEEP, words), new Op.Plain(OpCode.CGROUP_ENTER));
    }

    /// Namespaces that are there belong to a user namespace that is there: if the container joins that one it comes
    /// first, else they are entered with the caller's own rights.
    private void namespaces(BundleIdentity identity) {
        var linux = config.linux();
        join("user");
        for (Namespace namespace : linux.namespaces()) {
            if (!namespace.kind().equals("user")) {
                join(namespace.kind());
            }
        }
        ops.addAll(identity.userNamespace());
        var kinds = new ArrayList<String>();
        for (String kind : List.of("ipc", "uts", "network", "cgroup")) {
            if (linux.hasNew(kind)) {
                kinds.add(WORDS.getOrDefault(kind, kind));
            }
        }
        if (!kinds.isEmpty()) {
            ops.add(new RuntimeOp(OpCode.NAMESPACES, kinds));
        }
        ops.add(RuntimeOp.of(OpCode.PROCESS, linux.hasNew("pid") ? "new" : ""));
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        ops.add(RuntimeOp.of(
                OpCode.RECORD_PROCESS, making.record().before(), making.record().after()));
        if (linux.hasNew("network")) {
            ops.add(new Op.Plain(OpCode.LOOPBACK));
        }
        if (hasHook("prestart") || hasHook("createRuntime")) {
            ops.add(RuntimeOp.of(OpCode.HOOKS, ""));
        }
    }

    private void join(String kind) {
        var namespace = config.linux().namespace(kind);
        if (namespace.isPresent() && !namespace.get().path().isEmpty()) {
            ops.add(RuntimeOp.of(
                    OpCode.PATH_NAMESPACE,
                    WORDS.getOrDefault(kind, kind),
                    namespace.get().path()));
        }
    }

    private boolean hasHook(String phase) {
        for (Hook hook : config.hooks()) {
            if (hook.phase().equals(phase)) {
                return true;
            }
        }
        return false;
    }

    private void tree(String root) throws UserException {
        var linux = config.linux();
        ops.add(new Op.Session(SESSION_BYTES));
        ops.add(new Op.Directory(ROOT, 0755));
        ops.add(new Op.Directory(EMPTY_DIRECTORY, 0555));
        ops.add(new Op.WriteFile(EMPTY_FILE, 0444, ""));
        ops.add(new Op.MountDirectory(root, ROOT, forbidsDevices() ? "suid,nodev,private" : "suid,private"));
        ops.add(new Op.Root(ROOT));
        ops.addAll(BundleMounts.plan(config, making.bundle(), host));
        if (!config.process().directory().equals("/")) {
            ops.add(RuntimeOp.of(OpCode.TARGET, config.process().directory(), "directory", "755"));
        }
        if (hasHook("createContainer")) {
            ops.add(RuntimeOp.of(OpCode.HOOKS, root));
        }
        for (var sysctl : new TreeMap<>(linux.sysctls()).entrySet()) {
            ops.add(RuntimeOp.of(OpCode.PROC_WRITE, "sys/" + sysctl.getKey().replace('.', '/'), sysctl.getValue()));
        }
        if (!linux.paths().masked().isEmpty()) {
            ops.add(new IsolationOp.Mask(
                    EMPTY_FILE, EMPTY_DIRECTORY, linux.paths().masked()));
        }
        if (!linux.paths().readOnly().isEmpty()) {
            ops.add(new IsolationOp.ReadOnly(linux.paths().readOnly()));
        }
        if (config.root().readOnly()) {
            ops.add(RuntimeOp.of(OpCode.ATTRIBUTES, "/", "ro,suid"));
        }
    }

    /// Device files of the root work only where the rules allow all devices.
    private boolean forbidsDevices() {
        boolean allowsAll = false;
        for (var device : config.linux().limits().devices()) {
            boolean isAll = device.type().equals("a")
                    && device.major().isEmpty()
                    && device.minor().isEmpty();
            allowsAll = isAll ? device.allow() : allowsAll;
        }
        return !allowsAll;
    }

    private void names() throws UserException {
        var names = config.names();
        if ((!names.host().isEmpty() || !names.domain().isEmpty())
                && config.linux().namespace("uts").isEmpty()) {
            throw new UserException(
                    "config.json: hostname is not supported without a uts namespace: it would be the host's",
                    "add {\"type\": \"uts\"} to linux.namespaces");
        }
        if (!names.host().isEmpty()) {
            ops.add(new IsolationOp.Hostname(names.host()));
        }
        if (!names.domain().isEmpty()) {
            ops.add(RuntimeOp.of(OpCode.DOMAINNAME, names.domain()));
        }
        if (config.linux().personality().isPresent()) {
            ops.add(RuntimeOp.of(
                    OpCode.PERSONALITY,
                    Integer.toString(config.linux().personality().getAsInt())));
        }
    }

    /// Ids as the kernel takes them: a line each.
    static String map(List<IdMapping> mappings) {
        var lines = new ArrayList<String>();
        for (IdMapping mapping : mappings) {
            lines.add(mapping.inside() + " " + mapping.outside() + " " + mapping.count());
        }
        return String.join("\n", lines);
    }
}
