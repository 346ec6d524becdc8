package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.image.FileTree;
import dev.kerr.image.Image;
import dev.kerr.image.PathResolver;
import dev.kerr.linux.Group;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compiles a launch into operations: a function of the specification, the image, the host and the configuration, that
/// changes nothing.
///
/// The order of a plan: identity, image, tree, entry, environment, privileges, payload.
public final class Planner {
    /// Session path of the mount points that the image lacks.
    static final String SKELETON = "/skeleton";

    /// Session path of generated files.
    private static final String FILES = "/files";

    /// More than any password file that a container needs.
    private static final int ACCOUNT_FILE_BYTES_MAX = 256 << 10;

    private final ContainerSpec spec;
    private final Image image;
    private final Host host;
    private final Config config;
    private final Attachments attachments;
    private final Root root;
    private final FileTree tree;
    private final MountPoints points;
    private final List<Op> ops = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Planner(ContainerSpec spec, Image image, Attachments attachments, Host host, Config config)
            throws IOException {
        this.spec = spec;
        this.image = image;
        this.host = host;
        this.config = config;
        this.attachments = attachments;
        this.root = new Root(spec, image, attachments.overlays(), host);
        this.tree = root.tree();
        this.points = new MountPoints(tree, host.files(), spec.writable() != Writable.YES);
    }

    /// Plans a launch.
    ///
    /// @throws UserException if what was asked for cannot be done on this host with this image
    /// @throws IOException if the image cannot be read
    public static Plan plan(ContainerSpec spec, Image image, Attachments attachments, Host host, Config config)
            throws UserException, IOException {
        return new Planner(spec, image, attachments, host, config).plan();
    }

    /// Checks that a user may be root, real or mapped, before anything is begun that needs it.
    public static void requireRoot(Host host, Config config) throws UserException {
        SitePolicy.checkNamespaces(host.credentials(), config);
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
        root.check(config);
        root.mountOverlays();
        var mounts = new HostMounts(spec, host, config, points, imageBinds());
        mounts.add();
        generateFiles();
        if (spec.writable() == Writable.TMPFS) {
            points.makeSkeleton();
        }
        boolean privileged = host.credentials().mayMount();
        ops.addAll(mounts.hostDirectories());
        ops.addAll(root.open());
        if (!privileged) {
            ops.add(Identities.outer(spec.identity(), host));
        }
        boolean step = spec.payload().action() == Action.STEP;
        if (step) {
            ops.add(new Op.Plain(OpCode.PROCESS_NAMESPACE));
        }
        ops.addAll(root.serve());
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        if (!config.mounts().slave()) {
            ops.add(new Op.Plain(OpCode.PRIVATE_MOUNTS));
        }
        ops.add(new Op.Session(config.sessionBytes()));
        ops.addAll(root.mountImages());
        ops.addAll(points.session().ops());
        ops.addAll(root.assemble(points.hasSkeleton()));
        ops.addAll(points.binds());
        if (step) {
            ops.add(new Op.MountProc("/proc"));
        }
        ops.add(new Op.Plain(OpCode.ENTER));
        payload(mounts, privileged);
        warnings.addAll(points.warnings());
        return new Plan(ops, warnings);
    }

    /// Mounts the images of which parts are bound.
    private Map<Bind, HostMounts.ImageBind> imageBinds() throws UserException {
        var binds = new HashMap<Bind, HostMounts.ImageBind>();
        for (Bind bind : spec.hostView().binds()) {
            var volume = attachments.images().get(bind);
            if (volume != null) {
                boolean readOnly = bind.readOnly() || !volume.isWritable();
                binds.put(bind, new HostMounts.ImageBind(root.mount(volume.partition(), readOnly), volume.tree()));
            }
        }
        return binds;
    }

    private void checkImage() throws UserException, IOException {
        SitePolicy.checkNamespaces(host.credentials(), config);
        if (spec.payload().action() != Action.STEP) {
            SitePolicy.checkImage(image, host.credentials(), config);
        }
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

    private void generateFiles() throws UserException, IOException {
        boolean superuser = host.credentials().uid() == 0 || spec.identity() == Identity.FAKEROOT;
        if (spec.payload().action() == Action.STEP || spec.writable() == Writable.YES && superuser) {
            return;
        }
        if (config.files().passwd()) {
            var account = Identities.account(spec, host);
            generate("/etc/passwd", text -> AccountFiles.passwd(text, account));
        }
        if (config.files().group()) {
            generate("/etc/group", text -> AccountFiles.group(text, groups(), host.account()));
        }
    }

    /// Groups that the payload's ids have: as root of a user namespace, none of the caller's is mapped to itself.
    private List<Group> groups() {
        return spec.identity() == Identity.FAKEROOT && host.credentials().uid() != 0 ? List.of() : host.groups();
    }

    private void generate(String path, java.util.function.UnaryOperator<String> edit)
            throws UserException, IOException {
        Optional<String> text = points.isMounted(path) ? Optional.empty() : imageText(path);
        if (text.isPresent()) {
            String sessionPath = FILES + path.substring(path.lastIndexOf('/'));
            points.session().directory(FILES, 0755);
            points.session().file(sessionPath, 0644, edit.apply(text.get()));
            points.addSession(new MountPoints.Mount(sessionPath, path, "ro,nodev", MountPoints.Need.QUIET));
        }
    }

    /// The text of a file of the image; empty, with a warning, if it has none that can be used.
    private Optional<String> imageText(String path) throws IOException {
        var resolved = new PathResolver(tree).resolve(path);
        if (resolved.node().isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = tree.read(resolved.path(), ACCOUNT_FILE_BYTES_MAX);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8).replace("\0", ""));
        } catch (IOException unusable) {
            warnings.add(path + " of the image cannot be used: " + unusable.getMessage());
            return Optional.empty();
        }
    }

    private void payload(HostMounts mounts, boolean privileged) {
        String home = Identities.account(spec, host).home();
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
        if (!spec.payload().app().isEmpty()) {
            facts.put("APPNAME", spec.payload().app());
        }
        if (!spec.payload().shell().isEmpty()) {
            facts.put("SHELL", spec.payload().shell());
        }
        if (!spec.environment().evaluated()) {
            facts.put("NO_EVAL", "1");
        }
        facts.put("ENVIRONMENT", "/.singularity.d/env/91-environment.sh");
        return facts;
    }
}
