package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.image.FileTree;
import dev.kerr.image.Image;
import dev.kerr.image.PathResolver;
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
import java.util.TreeSet;

/// Compiles a launch into operations: a function of the specification, the image, the host and the configuration, that
/// changes nothing.
///
/// The order of a plan: identity, image, tree, entry, environment, privileges, payload.
public final class Planner {
    /// Session path of the mount points that the image lacks.
    static final String SKELETON = "/skeleton";

    /// Session path of generated files.
    static final String FILES = "/files";

    private static final String METADATA = "/.singularity.d";

    /// More than any password file that a container needs.
    private static final int ACCOUNT_FILE_BYTES_MAX = 256 << 10;

    private final ContainerSpec spec;
    private final Image image;
    private final Host host;
    private final Config config;
    private final Attachments attachments;
    private final Root root;
    private final FileTree tree;
    private final Identities identities;
    private final MountPoints points;
    private final GpuBinds gpus;
    private final EmulatedRoot emulated;
    private final List<Op> ops = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Planner(ContainerSpec spec, Image image, Attachments attachments, Host host, Config config)
            throws UserException, IOException {
        this.spec = spec;
        this.image = image;
        this.host = host;
        this.config = config;
        this.attachments = attachments;
        Image lowest = image instanceof Image.Layered layered ? layered.lowest() : image;
        this.root = new Root(spec, lowest, attachments, host, config);
        this.tree = root.tree();
        this.identities = Identities.of(spec, host, imageUser());
        this.points = new MountPoints(
                tree,
                host.files(),
                spec.writable() != Writable.YES,
                spec.isolation().rights().setuid());
        this.gpus = new GpuBinds(attachments.gpus(), points);
        this.emulated = new EmulatedRoot(points);
    }

    /// Plans a launch.
    ///
    /// @throws UserException if what was asked for cannot be done on this host with this image
    /// @throws IOException if the image cannot be read
    public static Plan plan(ContainerSpec spec, Image image, Attachments attachments, Host host, Config config)
            throws UserException, IOException {
        return new Planner(spec, image, attachments, host, config).plan();
    }

    /// Plans a program on the host's own file system, as root of a user namespace, or as root itself: what a build does
    /// outside the container.
    public static Plan planOnHost(ContainerSpec spec, RootMapping mapping, Host host) throws UserException {
        var ops = new ArrayList<Op>();
        if (!host.credentials().mayMount()) {
            ops.add(Identities.fakeroot(host, mapping));
        }
        ops.add(new IsolationOp.ProcessNamespace(IsolationOp.FirstProcess.INIT_OF_STEP));
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        ops.add(new Op.MountProc("/proc"));
        ops.addAll(PayloadRules.step(spec));
        if (mapping == RootMapping.EMULATED && !host.credentials().mayMount()) {
            ops.add(EmulatedRoot.filter(host));
        }
        ops.add(PayloadRules.exec(spec));
        return new Plan(ops, List.of());
    }

    private Plan plan() throws UserException, IOException {
        checkImage();
        root.check();
        root.mountOverlays();
        addMetadata();
        var apart = new OwnNamespaces(spec, config, points);
        var network = new NetworkRules(spec.isolation().network());
        var mounts = new HostMounts(spec, host, config, points, imageBinds(), gpus, identities);
        mounts.add();
        generateFiles();
        apart.addFiles();
        if (isEmulated()) {
            emulated.add();
        }
        if (spec.writable() == Writable.TMPFS) {
            points.makeSkeleton();
        }
        detach();
        ops.addAll(mounts.hostDirectories());
        ops.addAll(root.open());
        var limits = spec.isolation().limits();
        limits.ifPresent(groups -> ops.add(new IsolationOp.Cgroups(groups.words())));
        ops.addAll(network.beforeUserNamespace());
        if (limits.isEmpty() || limits.get().leaf().isEmpty()) { // a keeper would stay in the leaf
            ops.addAll(root.share(identities));
        }
        identities.outer().ifPresent(ops::add);
        boolean isStep = spec.payload().action() == Action.STEP
                || attachments.recording().isPresent();
        if (isStep) {
            ops.add(new IsolationOp.ProcessNamespace(IsolationOp.FirstProcess.INIT_OF_STEP));
        }
        ops.addAll(root.serve());
        ops.addAll(network.inUserNamespace());
        ops.add(new Op.Plain(OpCode.MOUNT_NAMESPACE));
        var namespaces = new ArrayList<>(apart.enter());
        namespaces.addAll(network.enter());
        if (!identities.hasOwnMounts()) {
            ops.addAll(namespaces);
        }
        tree(isStep, apart);
        payload(mounts, apart);
        if (identities.hasOwnMounts()) { // then these are its own, too
            mounts.laterSystem().ifPresent(namespaces::add);
            ops.addAll(ops.lastIndexOf(new Op.Plain(OpCode.MOUNT_NAMESPACE)) + 1, namespaces);
        }
        record(mounts);
        warnings.addAll(points.warnings());
        return new Plan(ops, warnings);
    }

    /// From the session to the container's root.
    private void tree(boolean isStep, OwnNamespaces apart) throws UserException, IOException {
        if (!config.mounts().slave()) {
            ops.add(new Op.Plain(OpCode.PRIVATE_MOUNTS));
        }
        ops.add(new Op.Session(config.sessionBytes()));
        ops.addAll(root.mountImages(identities.owner()));
        ops.addAll(points.session().ops());
        ops.addAll(root.assemble(points.hasSkeleton()));
        ops.addAll(points.binds());
        if (isStep) {
            ops.add(new Op.MountProc("/proc"));
        }
        ops.addAll(apart.enterProcesses());
        ops.add(new Op.Plain(OpCode.ENTER));
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
            SitePolicy.checkImage(
                    image instanceof Image.Layered layered ? layered.lowest() : image, host.credentials(), config);
        }
        Architecture target = architecture();
        if (target != Architecture.UNKNOWN && target != host.architecture()) {
            throw new UserException(
                    "image " + image.path() + " targets '" + target.goName() + "', cannot run on '"
                            + host.architecture().goName() + "'",
                    "build or pull it for this architecture");
        }
        if (spec.writable() == Writable.YES && !(image instanceof Image.Sandbox)) {
            if (image instanceof Image.Layered) {
                throw new UserException(
                        "image " + image.path() + " has no overlay to write to",
                        "`kerr overlay create` makes one; --writable-tmpfs is for changes that may be lost");
            }
            throw new UserException(
                    "image " + image.path() + " cannot be written to: it is no sandbox",
                    "use --writable-tmpfs for changes that may be lost, or a sandbox directory");
        }
    }

    private Architecture architecture() throws IOException {
        if (image instanceof Image.Layered layered) {
            return Architecture.ofGoName(layered.config().platform().architecture());
        }
        return image instanceof Image.Squashfs file && file.sif().isPresent()
                ? file.sif().get().header().architecture()
                : Architecture.UNKNOWN;
    }

    /// Makes the scripts of an image of layers, below which the other mounts then find their place. A layer may have
    /// some of its own, if the image was one of ours once.
    private void addMetadata() throws UserException {
        if (attachments.metadata().isEmpty()) {
            return;
        }
        boolean alone = points.resolved(METADATA).flatMap(at -> at.node()).isEmpty();
        String session = FILES + METADATA;
        points.session().directory(FILES, 0755);
        points.session().directory(session, 0755);
        points.session().directory(session + "/env", 0755);
        for (String path : new TreeSet<>(attachments.metadata().keySet())) {
            points.session()
                    .file(session + "/" + path, 0755, attachments.metadata().getOrDefault(path, ""));
            if (!alone) {
                addMetadata(session + "/" + path, METADATA + "/" + path);
            }
        }
        if (alone) {
            addMetadata(session, METADATA);
        }
    }

    private void addMetadata(String session, String target) throws UserException {
        points.addSession(new MountPoints.Mount(session, target, "ro,nodev", MountPoints.Need.ASKED));
    }

    private void generateFiles() throws UserException, IOException {
        boolean superuser = host.credentials().uid() == 0 || spec.identity() instanceof Identity.Fakeroot;
        if (spec.payload().action() == Action.STEP || spec.writable() == Writable.YES && superuser) {
            return;
        }
        if (config.files().passwd()) {
            generate("/etc/passwd", text -> AccountFiles.passwd(text, identities.account()));
        }
        if (config.files().group()) {
            generate("/etc/group", text -> AccountFiles.group(text, identities.groups(), host.account()));
        }
    }

    /// The user of the image that the payload is to be.
    private Optional<ImageUser> imageUser() throws UserException, IOException {
        if (spec.identity() instanceof Identity.OfImage user) {
            String passwd = imageText("/etc/passwd").orElse("");
            String group = imageText("/etc/group").orElse("");
            return Optional.of(ImageUser.find(user.name(), passwd, group));
        }
        return Optional.empty();
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

    private void detach() {
        var background = spec.isolation().background();
        if (background.isPresent()) {
            background.get().directories().forEach(path -> ops.add(new Op.HostDirectory(path, 0700)));
            ops.add(new IsolationOp.Detach(
                    background.get(), background.get().title(host.account().name())));
        }
    }

    /// Has the first process of an instance stay behind: in the payload's user namespace, before it gives up rights
    /// that it needs to end others.
    private void record(HostMounts mounts) {
        var background = spec.isolation().background();
        if (background.isEmpty()) {
            return;
        }
        int at = ops.indexOf(new Op.Plain(OpCode.ENTER)) + 1;
        var entry = new ArrayList<Op>();
        for (int i = at; i < ops.size(); i++) {
            if (isNamespace(ops.get(i))) {
                at = i + 1;
            } else if (isOfEntry(ops.get(i))) {
                entry.add(ops.get(i));
            }
        }
        var limits = new Op.Plain(OpCode.CGROUP_ENTER);
        boolean isLimited = ops.remove(limits) && entry.remove(limits);
        variables().forEach((name, value) -> entry.add(Op.Environment.set(name, value)));
        var inside = new Background.Inside(
                image.path().toString(), identities.account().home(), mounts.bindVariable(), isLimited, entry);
        var text = background.get().recorder().record(inside);
        if (isLimited) { // the first process keeps the groups, for those who enter
            ops.add(at++, limits);
        }
        ops.add(
                at,
                new IsolationOp.RecordInstance(
                        text.before(), text.after(), background.get().firstTitle()));
    }

    /// Whether an operation behind the entry makes a namespace, which whoever joins enters.
    private static boolean isNamespace(Op op) {
        return switch (op.code()) {
            case USER_NAMESPACE, MOUNT_NAMESPACE, NAMESPACES, HOSTNAME, LOOPBACK, NEW_MOUNT -> true;
            default -> false;
        };
    }

    /// Whether an operation behind the entry gives or takes rights; the environment is everybody's own.
    private static boolean isOfEntry(Op op) {
        return !(op instanceof Op.ChangeDirectory
                || op instanceof Op.Environment
                || op instanceof Op.Umask
                || op instanceof Op.Exec);
    }

    private void payload(HostMounts mounts, OwnNamespaces apart) throws UserException, IOException {
        String home = identities.account().home();
        var directory = spec.hostView().directory();
        ops.add(new Op.ChangeDirectory(directory.map(List::of).orElseGet(() -> mounts.startCandidates(home))));
        Op exec;
        if (spec.payload().action() == Action.STEP) {
            ops.addAll(PayloadRules.step(spec));
            variables().forEach((name, value) -> ops.add(Op.Environment.set(name, value)));
            exec = PayloadRules.exec(spec);
        } else if (isBooted()) {
            ops.addAll(PayloadRules.boot(home));
            exec = new Op.Exec(0, List.of(Background.BOOT_PROGRAM));
        } else if (hasShell()) {
            ops.addAll(PayloadRules.container(spec, home, facts(mounts)));
            variables().forEach((name, value) -> ops.add(Op.Environment.set(name, value)));
            exec = PayloadRules.exec(spec);
        } else {
            var direct = new DirectLaunch(spec, points.view(), image.path().toString());
            var environment = direct.environment(home, variables());
            ops.addAll(PayloadRules.direct(spec, environment, facts(mounts)));
            exec = direct.exec();
        }
        var filters = new ArrayList<Op>();
        if (spec.isolation().limits().isPresent()) {
            filters.add(new Op.Plain(OpCode.CGROUP_ENTER)); // the last that a filter might forbid
        }
        filters.addAll(Confinement.of(spec, host));
        if (spec.isolation().rights().setuid()) {
            // without no_new_privs they need a right that may then be given up
            ops.addAll(apart.beforePayload());
            ops.addAll(filters);
            ops.addAll(identities.inner());
        } else {
            ops.addAll(identities.inner());
            ops.addAll(apart.beforePayload());
            ops.addAll(filters);
        }
        ops.add(exec);
    }

    /// What the payload's environment has before the image's scripts are evaluated.
    private Map<String, String> variables() {
        Map<String, String> variables = gpus.variables();
        if (isEmulated()) {
            variables.putAll(emulated.variables());
        }
        return variables;
    }

    private boolean isEmulated() {
        return !host.credentials().mayMount()
                && spec.identity() instanceof Identity.Fakeroot(RootMapping mapping)
                && mapping == RootMapping.EMULATED;
    }

    private boolean isBooted() {
        var background = spec.isolation().background();
        return background.isPresent() && background.get().first() == Background.First.BOOT;
    }

    private boolean hasShell() {
        return !root.isKnown()
                || points.resolved("/bin/sh").flatMap(shell -> shell.node()).isPresent();
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
        var variant = spec.payload().variant();
        variant.app().ifPresent(app -> facts.put("APPNAME", app));
        variant.shell().ifPresent(shell -> facts.put("SHELL", shell));
        spec.isolation().background().ifPresent(background -> facts.put("INSTANCE", background.name()));
        if (spec.environment().literal()) {
            facts.put("NO_EVAL", "1");
        }
        return facts;
    }
}
