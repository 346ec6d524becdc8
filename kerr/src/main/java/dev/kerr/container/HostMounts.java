package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.UserDirectories;
import dev.kerr.container.MountPoints.Mount;
import dev.kerr.container.MountPoints.Need;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;

/// What the container sees of the host, in the field's order: kernel file systems, configured binds, home, the user's
/// binds, temporary directories, working directory, resolver. What comes later covers what came before.
final class HostMounts {
    /// Working directories that are the image's own business.
    private static final List<String> IMAGE_DIRECTORIES =
            List.of("/", "/etc", "/bin", "/mnt", "/usr", "/var", "/opt", "/sbin", "/lib", "/lib64");

    private final ContainerSpec spec;
    private final Host host;
    private final Config config;
    private final MountPoints points;

    HostMounts(ContainerSpec spec, Host host, Config config, MountPoints points) {
        this.spec = spec;
        this.host = host;
        this.config = config;
        this.points = points;
    }

    void add() throws UserException {
        boolean step = spec.payload().action() == Action.STEP;
        kernel();
        if (!step) {
            for (var bind : config.binds()) {
                points.add(new Mount(bind.source(), bind.target(), "nodev", Need.DEFAULT));
            }
        }
        home();
        if (config.mounts().tmp() && !step) {
            temporary("/tmp");
            temporary("/var/tmp");
        }
        boolean covered = isCovered(host.workingDirectory());
        if (!covered) {
            workingDirectory();
        }
        for (Bind bind : spec.hostView().binds()) {
            String flags = isDevice(bind.source()) ? "" : "nodev";
            if (bind.readOnly()) {
                flags = flags.isEmpty() ? "ro" : "ro," + flags;
            }
            points.add(new Mount(bind.source(), bind.target(), flags, Need.ASKED));
        }
        if (covered) {
            workingDirectory();
        }
        if (step) {
            points.add(new Mount("/etc/hosts", "/etc/hosts", "ro,nodev", Need.DEFAULT));
        }
        if ((config.files().resolvConf() || step) && !points.isMounted("/etc/resolv.conf")) {
            points.add(new Mount("/etc/resolv.conf", "/etc/resolv.conf", step ? "ro,nodev" : "nodev", Need.QUIET));
        }
    }

    /// Where the payload may start: the first that is there.
    List<String> startCandidates(String home) {
        if (spec.payload().action() == Action.STEP) {
            return List.of("/");
        }
        var candidates = new ArrayList<String>();
        candidates.add(host.workingDirectory());
        if (!home.isEmpty() && !candidates.contains(home)) {
            candidates.add(home);
        }
        if (!candidates.contains("/")) {
            candidates.add("/");
        }
        return candidates;
    }

    /// The user's binds as `KERR_BIND` shows them.
    String bindVariable() {
        var text = new StringBuilder();
        for (Bind bind : spec.hostView().binds()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(bind.source())
                    .append(':')
                    .append(bind.target());
            text.append(bind.readOnly() ? ":ro" : "");
        }
        return text.toString();
    }

    private void kernel() throws UserException {
        if (config.mounts().proc() && spec.payload().action() != Action.STEP) {
            points.add(new Mount("/proc", "/proc", "nodev,noexec", Need.DEFAULT));
        }
        if (config.mounts().sys()) {
            points.add(new Mount("/sys", "/sys", "nodev,noexec", Need.DEFAULT));
        }
        if (config.mounts().dev()) {
            points.add(new Mount("/dev", "/dev", "", Need.DEFAULT));
        }
    }

    private void home() throws UserException {
        if (!config.mounts().home()
                || spec.hostView().userDirectories() != UserDirectories.HOME_AND_WORKING_DIRECTORY) {
            return;
        }
        String source = host.account().home();
        if (source.startsWith("/") && !source.equals("/")) {
            String target = Identities.account(spec.identity(), host).home();
            points.add(new Mount(source, target, "nodev", Need.DEFAULT));
        }
    }

    /// Not mounted twice where one is a link to the other in the image, nor where the user's own will be.
    private void temporary(String path) throws UserException {
        if (!isCovered(path) && !points.isMounted(path)) {
            points.add(new Mount(path, path, "nodev", Need.DEFAULT));
        }
    }

    private void workingDirectory() throws UserException {
        String directory = host.workingDirectory();
        if (spec.hostView().userDirectories() == UserDirectories.NONE
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
        boolean visible = points.view().hostPath(directory).isPresent()
                && target.get().node().isPresent();
        if (!visible) {
            points.add(new Mount(directory, directory, "nodev", Need.QUIET));
        }
    }

    /// Whether a bind of the user's goes on a path or above it.
    private boolean isCovered(String path) {
        for (Bind bind : spec.hostView().binds()) {
            if (path.equals(bind.target()) || path.startsWith(bind.target() + "/")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDevice(String source) {
        return source.equals("/dev") || source.startsWith("/dev/");
    }
}
