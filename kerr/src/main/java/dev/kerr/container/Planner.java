package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.image.Image;
import dev.kerr.linux.Group;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compiles a launch into operations: a function of the specification, the image, the host and the configuration, that
/// changes nothing.
///
/// The order of a plan: identity, image, tree, entry, environment, privileges, payload.
public final class Planner {
    /// Session paths.
    static final String IMAGE = "/image";

    static final String SKELETON = "/skeleton";
    private static final String WORK = "/work";
    private static final String ROOT = "/root";
    private static final String FILES = "/files";

    /// More than any password file that a container needs.
    private static final int ACCOUNT_FILE_BYTES_MAX = 256 << 10;

    private final ContainerSpec spec;
    private final Image image;
    private final Host host;
    private final Config config;
    private final MountPoints points;
    private final List<Op> ops = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Planner(ContainerSpec spec, Image image, Host host, Config config) {
        this.spec = spec;
        this.image = image;
        this.host = host;
        this.config = config;
        this.points = new MountPoints(image.tree(), host.files(), spec.writable() != Writable.YES);
    }

    /// Plans a launch.
    ///
    /// @throws UserException if what was asked for cannot be done on this host with this image
    /// @throws IOException if the image cannot be read
    public static Plan plan(ContainerSpec spec, Image image, Host host, Config config)
            throws UserException, IOException {
        return new Planner(spec, image, host, config).plan();
    }

    /// Checks that a user may be root, real or mapped, before anything is begun that needs it.
    public static void requireRoot(Host host) throws UserException {
        if (!host.credentials().mayMount()) {
            Identities.fakeroot(host);
        }
    }

    /// Plans a program on the host's own file system, as root of a user namespace with the caller's sub-ids, or as root
    /// itself: what a build does outside the container.
    public static Plan planOnHost(ContainerSpec spec, Host host) throws UserException {
        var ops = new ArrayList<Op>();
        if (!host.credentials().mayMount()) {
            ops.add(Identities.fakeroot(host));
        }
        ops.add(new Op.Plain(OpCode.PROCESS_NAMESPACE));
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        ops.add(new Op.MountProc("/proc"));
        ops.addAll(PayloadRules.step(spec));
        ops.add(PayloadRules.exec(spec));
        return new Plan(ops, List.of());
    }

    private Plan plan() throws UserException, IOException {
        checkImage();
        var mounts = new HostMounts(spec, host, config, points);
        mounts.add();
        List<Op> generated = generatedFiles();
        boolean privileged = host.credentials().mayMount();
        if (image instanceof Image.Squashfs file) {
            ops.add(new Op.OpenImage(file.path().toString(), file.identity()));
        }
        if (!privileged) {
            ops.add(Identities.outer(spec.identity(), host));
        }
        if (spec.payload().action() == Action.STEP) {
            ops.add(new Op.Plain(OpCode.PROCESS_NAMESPACE));
        }
        boolean served = image instanceof Image.Squashfs
                && !(privileged && host.facilities().kernelSquashfs());
        if (served) {
            ops.add(server());
        }
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        ops.add(new Op.Session(config.sessionBytes()));
        mountImage(served);
        if (served) {
            ops.add(new Op.Preload(IMAGE, List.of("/bin/sh")));
        }
        root(privileged);
        ops.addAll(generated);
        ops.addAll(points.binds());
        if (spec.payload().action() == Action.STEP) {
            ops.add(new Op.MountProc("/proc"));
        }
        ops.add(new Op.Plain(OpCode.ENTER));
        payload(mounts, privileged);
        warnings.addAll(points.warnings());
        return new Plan(ops, warnings);
    }

    private void checkImage() throws UserException, IOException {
        if (image instanceof Image.Squashfs file && file.sif().isPresent()) {
            Architecture target = file.sif().get().header().architecture();
            if (target != Architecture.UNKNOWN && target != host.architecture()) {
                throw new UserException(
                        "image " + image.path() + " targets '" + target.goName() + "', cannot run on '"
                                + host.architecture().goName() + "'",
                        "build or pull it for this architecture");
            }
        }
        if (spec.writable() == Writable.YES && !(image instanceof Image.Sandbox)) {
            throw new UserException(
                    "image " + image.path() + " cannot be written to: it is no sandbox",
                    "use --writable-tmpfs for changes that may be lost, or a sandbox directory");
        }
        if (spec.payload().action() != Action.STEP
                && points.resolved("/bin/sh").flatMap(shell -> shell.node()).isEmpty()) {
            throw new UserException(
                    "/bin/sh doesn't exist in container " + image.path(),
                    "images without a shell are not yet available in this version");
        }
    }

    private Op server() throws UserException {
        var program = host.facilities().squashfuse();
        if (program.isEmpty()) {
            throw new UserException(
                    "no squashfuse on this host to mount " + image.path(),
                    "install the package squashfuse, or ask for it to be installed");
        }
        var file = (Image.Squashfs) image;
        String options = "offset=" + file.offset();
        return new Op.ServeImage(List.of(program.get(), "-f", "-o", options, "/dev/fd/3", "/dev/fd/4"));
    }

    private void mountImage(boolean served) {
        ops.add(new Op.Directory(IMAGE, 0755));
        // no switch over types here: its bootstrap costs a launch several milliseconds
        if (image instanceof Image.Squashfs file) {
            ops.add(
                    served
                            ? new Op.MountServed(IMAGE)
                            : new Op.MountLoop(IMAGE, file.offset(), file.size(), "squashfs"));
        } else {
            boolean readOnly = spec.writable() != Writable.YES;
            ops.add(new Op.MountDirectory(image.path().toString(), IMAGE, readOnly));
        }
    }

    /// The image itself is the root if it has all mount points; otherwise an overlay of the skeleton over it is.
    private void root(boolean privileged) throws IOException {
        boolean upper = spec.writable() == Writable.TMPFS;
        if (points.skeleton().isEmpty() && !upper) {
            ops.add(new Op.Root(IMAGE));
            return;
        }
        int mode = image.tree().node("/").map(node -> node.permissions()).orElse(0755);
        ops.add(new Op.Directory(SKELETON, mode | 0700));
        ops.addAll(points.skeleton());
        ops.add(new Op.Directory(ROOT, 0755));
        String options = privileged ? "" : "userxattr";
        if (upper) {
            ops.add(new Op.Directory(WORK, 0755));
            ops.add(new Op.Overlay(ROOT, options, SKELETON, WORK, List.of(IMAGE)));
        } else {
            ops.add(new Op.Overlay(ROOT, options, "", "", List.of(SKELETON, IMAGE)));
        }
        ops.add(new Op.Root(ROOT));
    }

    private List<Op> generatedFiles() throws UserException, IOException {
        var files = new ArrayList<Op>();
        boolean root = host.credentials().uid() == 0 || spec.identity() == Identity.FAKEROOT;
        if (spec.payload().action() == Action.STEP || spec.writable() == Writable.YES && root) {
            return files;
        }
        if (config.files().passwd()) {
            var account = Identities.account(spec.identity(), host);
            generate(files, "/etc/passwd", text -> AccountFiles.passwd(text, account));
        }
        if (config.files().group()) {
            generate(files, "/etc/group", text -> AccountFiles.group(text, groups(), host.account()));
        }
        return files;
    }

    /// Groups that the payload's ids have: as root of a user namespace, none of the caller's is mapped to itself.
    private List<Group> groups() {
        return spec.identity() == Identity.FAKEROOT && host.credentials().uid() != 0 ? List.of() : host.groups();
    }

    private void generate(List<Op> files, String path, java.util.function.UnaryOperator<String> edit)
            throws UserException, IOException {
        Optional<String> text = imageText(path);
        String sessionPath = FILES + path.substring(path.lastIndexOf('/'));
        if (text.isPresent() && points.addGenerated(sessionPath, path)) {
            if (files.isEmpty()) {
                files.add(new Op.Directory(FILES, 0755));
            }
            files.add(new Op.WriteFile(sessionPath, 0644, edit.apply(text.get())));
        }
    }

    /// The text of a file of the image; empty, with a warning, if it has none that can be used.
    private Optional<String> imageText(String path) throws IOException {
        var resolved = new ContainerView(image.tree(), host.files()).resolve(path);
        if (resolved.node().isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = image.tree().read(resolved.path(), ACCOUNT_FILE_BYTES_MAX);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8).replace("\0", ""));
        } catch (IOException unusable) {
            warnings.add(path + " of the image cannot be used: " + unusable.getMessage());
            return Optional.empty();
        }
    }

    private void payload(HostMounts mounts, boolean privileged) {
        String home = Identities.account(spec.identity(), host).home();
        var directory = spec.hostView().directory();
        ops.add(new Op.ChangeDirectory(directory.map(List::of).orElseGet(() -> mounts.startCandidates(home))));
        if (spec.payload().action() == Action.STEP) {
            ops.addAll(PayloadRules.step(spec));
        } else {
            ops.addAll(PayloadRules.container(spec, home, facts(mounts)));
        }
        boolean caller = spec.identity() == Identity.CALLER;
        if (!privileged && caller) {
            ops.add(Identities.inner(host));
        }
        ops.add(new Op.Privileges(privileged || !caller));
        ops.add(PayloadRules.exec(spec));
    }

    /// What the informational variables say.
    private Map<String, String> facts(HostMounts mounts) {
        var facts = new LinkedHashMap<String, String>();
        String path = image.path().toString();
        facts.put("CONTAINER", path);
        facts.put("NAME", path.substring(path.lastIndexOf('/') + 1));
        facts.put("BIND", mounts.bindVariable());
        facts.put("COMMAND", spec.payload().action().name().toLowerCase(java.util.Locale.ROOT));
        facts.put("ENVIRONMENT", "/.singularity.d/env/91-environment.sh");
        return facts;
    }
}
