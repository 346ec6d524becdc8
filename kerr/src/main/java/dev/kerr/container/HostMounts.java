package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import dev.kerr.linux.Account;
import dev.kerr.log.UserException;
import dev.kerr.network.Connection;
import dev.kerr.network.Network;
import dev.kerr.network.Resolver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the container sees of the host, in the field's order: kernel file systems, configured binds, temporary
/// directories, home, graphics processors, the user's binds, working directory, resolver. What comes later covers what
/// came before.
final class HostMounts {
    /// Working directories that are the image's own business.
    private static final List<String> IMAGE_DIRECTORIES =
            List.of("/", "/etc", "/bin", "/mnt", "/usr", "/var", "/opt", "/sbin", "/lib", "/lib64");

    /// Configured binds that a contained payload still has.
    private static final List<String> CONTAINED_BINDS = List.of("/etc/hosts", "/etc/localtime");

    /// File systems here are not shown by the directive `mount hostfs`, as in the field.
    private static final List<String> SYSTEM_DIRECTORIES = List.of("/proc", "/sys", "/dev", "/run", "/boot", "/var");

    private static final String HOSTS = "/etc/hosts";

    private static final String RESOLVER = "/etc/resolv.conf";

    private static final int RESOLVER_BYTES_MAX = 64 << 10;

    private static final List<String> NAMES =
            List.of("proc", "sys", "dev", "devpts", "home", "tmp", "hostfs", "cwd", "bind-paths");

    private final ContainerSpec spec;
    private final HostView view;
    private final Host host;
    private final Config config;
    private final MountPoints points;
    private final boolean step;
    private final Map<Bind, ImageBind> imageBinds;
    private final OwnDirectories own;
    private final GpuBinds gpus;
    private final Identities identities;
    private final Account account;

    /// A part of an image that is bound.
    ///
    /// @param sessionPath where the image is mounted
    record ImageBind(String sessionPath, FileTree tree) {}

    HostMounts(
            ContainerSpec spec,
            Host host,
            Config config,
            MountPoints points,
            Map<Bind, ImageBind> imageBinds,
            GpuBinds gpus,
            Identities identities) {
        this.spec = spec;
        this.view = spec.hostView();
        this.host = host;
        this.config = config;
        this.points = points;
        this.step = spec.payload().action() == Action.STEP;
        this.imageBinds = imageBinds;
        this.gpus = gpus;
        this.identities = identities;
        this.account = identities.account();
        this.own = new OwnDirectories(view, host, points);
    }

    void add() throws UserException {
        checkNames();
        if (!config.users().userBindControl()
                && !(view.binds().isEmpty() && view.scratch().isEmpty())) {
            throw new UserException(
                    "users may bind nothing on this host", "its configuration has user bind control = no");
        }
        kernel();
        fileSystems();
        configured();
        boolean covered = isCovered(host.workingDirectory());
        if (config.mounts().tmp() && !step && !view.leavesOut("tmp")) {
            temporary("/tmp");
            temporary("/var/tmp");
        }
        home();
        if (!covered) {
            workingDirectory();
        }
        gpus.add();
        for (Bind bind : view.binds()) {
            add(bind);
        }
        own.scratch();
        if (covered) {
            workingDirectory();
        }
        if (step) {
            points.add(new Mount("/etc/hosts", "/etc/hosts", "ro,nodev", Need.DEFAULT));
        }
        resolver();
    }

    /// The host's file, or one of ours where that would not do.
    private void resolver() throws UserException {
        Network network = spec.isolation().network();
        if (points.isMounted(RESOLVER)) {
            if (!network.nameServers().isEmpty()) {
                throw new UserException("--dns and a bind on " + RESOLVER + " contradict each other");
            }
        } else if (!network.nameServers().isEmpty()) {
            resolver(Resolver.text(network.nameServers(), ""));
        } else if (!config.files().resolvConf() && !step) {
            return; // the image's own
        } else if (network.connection() instanceof Connection.Helped helped
                && helped.helper().nameServer().isPresent()) {
            resolver(Resolver.text(List.of(helped.helper().nameServer().get()), hostsResolver()));
        } else {
            points.add(new Mount(RESOLVER, RESOLVER, step ? "ro,nodev" : "nodev", Need.QUIET));
        }
    }

    private void resolver(String text) throws UserException {
        String file = Planner.FILES + "/resolv.conf";
        points.session().directory(Planner.FILES, 0755);
        points.session().file(file, 0644, text);
        points.addSession(new Mount(file, RESOLVER, "nodev", Need.ASKED));
    }

    private String hostsResolver() {
        try {
            var file = new PathResolver(host.files()).resolve(RESOLVER).path();
            return new String(host.files().read(file, RESOLVER_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return ""; // then there is no search list to keep
        }
    }

    /// Directories of the host to be made before anything is mounted.
    List<Op> hostDirectories() {
        return own.hostDirectories();
    }

    /// Where the payload may start: the first that is there.
    List<String> startCandidates(String home) {
        if (step) {
            return List.of("/");
        }
        var candidates = new ArrayList<String>();
        if (!view.contained()) {
            candidates.add(host.workingDirectory());
        }
        if (!home.isEmpty() && !candidates.contains(home)) {
            candidates.add(home);
        }
        if (!candidates.contains("/")) {
            candidates.add("/");
        }
        return candidates;
    }

    /// The targets of the user's binds: `KERR_BIND`, by which a container in the container has them too.
    String bindVariable() {
        var text = new StringBuilder();
        for (Bind bind : view.binds()) {
            text.append(text.isEmpty() ? "" : ",").append(bind.target());
        }
        return text.toString();
    }

    private void checkNames() {
        for (String name : view.leftOut()) {
            if (!name.startsWith("/") && !NAMES.contains(name)) {
                points.warnings()
                        .add("--no-mount " + name + " names no mount: known are " + String.join(", ", NAMES)
                                + " and the target of a configured bind");
            }
        }
    }

    private void kernel() throws UserException {
        if (config.mounts().proc() && !step && !view.leavesOut("proc")) {
            if (spec.isolation().processes() == Isolation.Processes.HOST) {
                points.add(new Mount("/proc", "/proc", "nodev,noexec", Need.DEFAULT));
            } else {
                points.addPoint("proc", "/proc");
            }
        }
        if (config.mounts().sys() && !view.leavesOut("sys")) {
            system();
        }
        if (config.mounts().dev() == Config.Dev.NO || view.leavesOut("dev")) {
            return;
        }
        if (view.contained() || config.mounts().dev() == Config.Dev.MINIMAL) {
            boolean messages = spec.isolation().namespaces().contains(Isolation.Namespace.IPC);
            MinimalDevices.add(points, host, config.mounts().devpts() && !view.leavesOut("devpts"), messages);
        } else {
            points.add(new Mount("/dev", "/dev", "", Need.DEFAULT));
        }
    }

    /// What sysfs shows of interfaces is that of the network namespace in which it was mounted.
    private void system() throws UserException {
        if (!spec.isolation().network().isOwn() || identities.hasOwnMounts()) {
            points.add(new Mount("/sys", "/sys", "nodev,noexec", Need.DEFAULT));
        } else if (points.addNew("sysfs", "/sys", "ro,nodev,noexec", List.of())) {
            points.addInKernels(new Mount("/sys/fs/cgroup", "/sys/fs/cgroup", "nodev,noexec", Need.QUIET));
        }
    }

    /// What is mounted over the host's where the payload has mounts of its own, in its network namespace.
    Optional<Op> laterSystem() {
        return config.mounts().sys()
                        && !view.leavesOut("sys")
                        && spec.isolation().network().isOwn()
                ? Optional.of(new Op.NewMount("/sys", "sysfs", "ro,nodev,noexec", List.of()))
                : Optional.empty();
    }

    /// All file systems of the host, but those of the system: each with what is mounted below it.
    private void fileSystems() throws UserException {
        if (!config.mounts().hostfs() || step || view.contained() || view.leavesOut("hostfs")) {
            return;
        }
        var shown = new ArrayList<>(SYSTEM_DIRECTORIES);
        for (String target : host.mountPoints()) {
            boolean there = target.equals("/");
            for (String above : shown) {
                there |= target.equals(above) || target.startsWith(above + "/");
            }
            if (!there) {
                shown.add(target);
                points.add(new Mount(target, target, "nodev", Need.DEFAULT));
            }
        }
    }

    private void configured() throws UserException {
        if (step || view.leavesOut("bind-paths")) {
            return;
        }
        for (var bind : config.binds()) {
            if (view.contained()
                    && bind.target().equals(HOSTS)
                    && spec.isolation().network().isOwn()) {
                ownHosts();
                continue;
            }
            boolean wanted = !view.contained() || CONTAINED_BINDS.contains(bind.target());
            if (wanted && !view.leavesOut(bind.target())) {
                Need need = view.contained() ? Need.QUIET : Need.DEFAULT;
                points.add(new Mount(bind.source(), bind.target(), "nodev", need));
            }
        }
    }

    /// The host's names are of addresses that a contained payload with another network does not reach.
    private void ownHosts() throws UserException {
        String file = Planner.FILES + "/hosts";
        points.session().directory(Planner.FILES, 0755);
        points.session().file(file, 0644, "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        points.addSession(new Mount(file, HOSTS, "nodev", Need.QUIET));
    }

    private void home() throws UserException {
        if (view.leavesOut("home")) {
            return;
        }
        String target = account.home();
        if (view.home().isPresent()) {
            points.add(new Mount(view.home().get().source(), target, "nodev", Need.ASKED));
        } else if (spec.identity() instanceof Identity.OfImage) {
            return; // the home that the image has for its user
        } else if (!config.mounts().home() || !target.startsWith("/") || target.equals("/")) {
            return;
        } else if (view.contained()) {
            own.directory("home", target, 0700);
        } else if (host.account().home().startsWith("/")) {
            points.add(new Mount(host.account().home(), target, "nodev", Need.DEFAULT));
        }
    }

    /// Not mounted twice where one is a link to the other in the image, nor where the user's own will be.
    private void temporary(String path) throws UserException {
        if (isCovered(path) || points.isMounted(path)) {
            return;
        }
        if (view.contained()) {
            own.directory(path.substring(1).replace('/', '_'), path, 01777);
        } else {
            points.add(new Mount(path, path, "nodev", Need.DEFAULT));
        }
    }

    private void add(Bind bind) throws UserException {
        boolean device = bind.source().equals("/dev") || bind.source().startsWith("/dev/");
        String flags = device ? "" : "nodev";
        if (bind.readOnly()) {
            flags = flags.isEmpty() ? "ro" : "ro," + flags;
        }
        var image = imageBinds.get(bind);
        if (image != null && bind.part().isPresent()) {
            var mount = new Mount(image.sessionPath, bind.target(), flags, Need.ASKED);
            points.addImage(mount, bind.part().get().path(), image.tree);
        } else {
            points.add(new Mount(bind.source(), bind.target(), flags, Need.ASKED));
        }
    }

    private void workingDirectory() throws UserException {
        String directory = host.workingDirectory();
        if (view.contained()
                || view.leavesOut("cwd")
                || !config.users().userBindControl()
                || IMAGE_DIRECTORIES.contains(directory)
                || directory.startsWith("/proc/")
                || directory.startsWith("/sys/")
                || directory.startsWith("/dev/")
                || List.of("/proc", "/sys", "/dev").contains(directory)) {
            return;
        }
        var target = points.resolved(directory);
        if (target.isEmpty() || !target.get().path().equals(directory)) {
            return;
        }
        boolean visible = points.view().mounted(directory).isPresent()
                && target.get().node().isPresent();
        if (!visible) {
            points.add(new Mount(directory, directory, "nodev", Need.QUIET));
        }
    }

    /// Whether a bind of the user's goes on a path or above it.
    private boolean isCovered(String path) {
        for (Bind bind : view.binds()) {
            if (path.equals(bind.target()) || path.startsWith(bind.target() + "/")) {
                return true;
            }
        }
        return false;
    }
}
