package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.image.FileTree;
import dev.kerr.image.Image;
import dev.kerr.image.MergedTree;
import dev.kerr.image.Partition;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The container's root file system: the image, what the user lays over it, and over that the mount points that it
/// lacks.
///
/// ```
///   upper     a directory of the user's (--overlay), of the session (--writable-tmpfs), or none: read-only
///   skeleton  mount points that the layers below lack
///   overlays  the last given on top
///   image
/// ```
final class Root {
    /// The image's number, and its session path.
    private static final int PRIMARY = 0;

    private static final int NUMBER_MAX = 127;

    private static final String IMAGE = "/image";
    private static final String WORK = "/work";
    private static final String ROOT = "/root";

    private final ContainerSpec spec;
    private final Image image;
    private final List<Overlay> overlays;
    private final Optional<Recording> recording;
    private final Host host;
    private final Config config;
    private final boolean privileged;
    private final List<Mounted> mounted = new ArrayList<>();
    private int numbers = PRIMARY + 1;

    /// An image file that is mounted besides the image itself.
    ///
    /// @param served by a file system server, not by the kernel
    private record Mounted(int number, Partition partition, String sessionPath, boolean readOnly, boolean served) {
        boolean isExt() {
            return partition.fileSystem() == Partition.FileSystem.EXT3;
        }
    }

    Root(ContainerSpec spec, Image image, Attachments attachments, Host host, Config config) {
        this.spec = spec;
        this.image = image;
        this.overlays = attachments.overlays();
        this.recording = attachments.recording();
        this.host = host;
        this.config = config;
        this.privileged = host.credentials().mayMount();
    }

    /// What the layers hold together, less what only an ext3 file holds.
    FileTree tree() {
        if (overlays.isEmpty()) {
            return image.tree();
        }
        var layers = new ArrayList<FileTree>();
        for (Overlay overlay : overlays.reversed()) {
            layers.add(overlay.tree());
        }
        layers.add(image.tree());
        return new MergedTree(layers);
    }

    /// Whether [#tree] is all that the payload will find: an ext3 file is not read here.
    boolean isKnown() {
        for (Overlay overlay : overlays) {
            if (overlay.partition().isPresent()
                    && overlay.partition().get().fileSystem() == Partition.FileSystem.EXT3) {
                return false;
            }
        }
        return true;
    }

    /// Refuses what cannot be laid together.
    void check() throws UserException {
        if (!overlays.isEmpty() && !config.overlay().enabled()) {
            throw new UserException(
                    "overlays are not allowed on this host", "its configuration has enable overlay = no");
        }
        int writable = 0;
        for (Overlay overlay : overlays) {
            writable += overlay.readOnly() ? 0 : 1;
        }
        if (writable > 1) {
            throw new UserException("only one overlay can be written to", "add :ro to all others");
        }
        var written = writableOverlay();
        if (written.isPresent() && !Overlay.isWritableOn(written.get().type())) {
            throw new UserException(
                    "the overlay " + written.get().path() + " is on "
                            + written.get().type() + ", on which no overlay can be written",
                    "use a local disk or an ext3 image made by `kerr overlay create`, or add :ro");
        }
        if (isServed()) {
            checkSetuid("the image is not mounted by the kernel");
        }
        if (writable > 0 && spec.writable() == Writable.TMPFS) {
            throw new UserException(
                    "--writable-tmpfs and an overlay to write to contradict each other", "add :ro to the overlay");
        }
    }

    private void checkSetuid(String reason) throws UserException {
        if (spec.isolation().rights().setuid()) {
            throw new UserException(
                    "--allow-setuid cannot be had here: " + reason,
                    "use a sandbox, or allow kernel squashfs = yes where the kernel has SquashFS");
        }
    }

    /// Plans the mounts of the overlays that are in files.
    void mountOverlays() throws UserException {
        for (Overlay overlay : overlays) {
            if (overlay.partition().isPresent()) {
                mount(overlay.partition().get(), overlay.readOnly());
            }
        }
    }

    /// Plans a mount of an image file. Returns where it is mounted in the session.
    String mount(Partition partition, boolean readOnly) throws UserException {
        for (Mounted other : mounted) {
            if (other.partition.equals(partition) && other.readOnly == readOnly) {
                return other.sessionPath;
            }
        }
        int number = numbers++;
        if (number > NUMBER_MAX) {
            throw new UserException(
                    "a launch can mount no more than " + NUMBER_MAX + " images", "use fewer overlays and image binds");
        }
        boolean ext = partition.fileSystem() == Partition.FileSystem.EXT3;
        boolean kernel =
                privileged && (ext ? config.kernel().extfs() : host.facilities().kernelSquashfs());
        var added = new Mounted(number, partition, "/image" + number, readOnly, !kernel);
        mounted.add(added);
        return added.sessionPath;
    }

    /// Shares the image's mount with other launches, where there is a server for it and the payload gets no rights over
    /// the namespace in which it is mounted: that is the keeper's too.
    List<Op> share(Identities identities) {
        if (config.lingerSeconds() == 0
                || !isServed()
                || spec.payload().action() == ContainerSpec.Action.STEP
                || recording.isPresent()
                || identities.outer().isEmpty()
                || !(identities.inner().getFirst() instanceof Op.UserNamespace inner)) {
            return List.of();
        }
        return List.of(new Op.ShareImage(PRIMARY, host.facilities().keepers(), config.lingerSeconds(), inner));
    }

    /// Starts the file system servers, before the mount namespace.
    List<Op> serve() {
        var ops = new ArrayList<Op>();
        if (image instanceof Image.Squashfs file && isServed()) {
            ops.add(new Op.ServeImage(PRIMARY, primaryServer(file)));
        }
        for (Mounted other : mounted) {
            if (other.served && !other.isExt()) {
                ops.add(new Op.ServeImage(other.number, server(other.partition.offset(), other.partition.size())));
            }
        }
        return ops;
    }

    /// Opens the images, before any namespace.
    List<Op> open() {
        var ops = new ArrayList<Op>();
        if (image instanceof Image.Squashfs file) {
            ops.add(new Op.OpenImage(PRIMARY, file.path().toString(), Op.ImageUse.READING, file.identity()));
        }
        for (Mounted other : mounted) {
            var partition = other.partition;
            var use = other.readOnly ? Op.ImageUse.READING : Op.ImageUse.WRITING;
            ops.add(new Op.OpenImage(other.number, partition.file().toString(), use, partition.identity()));
            if (other.isExt()) {
                ops.add(new Op.LockImage(other.number, partition.offset(), partition.size()));
            }
        }
        return ops;
    }

    /// Mounts the images in the session.
    ///
    /// @param owner options of fuse2fs that say whose all in ext3 files is; empty for their own
    List<Op> mountImages(Optional<String> owner) throws UserException {
        var ops = new ArrayList<Op>();
        ops.add(new Op.Directory(IMAGE, 0755));
        // no switch over types here: its bootstrap costs a launch several milliseconds
        if (image instanceof Image.Squashfs file) {
            ops.add(
                    isServed()
                            ? new Op.MountServed(PRIMARY, IMAGE)
                            : new Op.MountLoop(PRIMARY, IMAGE, flags("ro"), file.offset(), file.size(), "squashfs"));
        } else {
            String flags = flags(spec.writable() != Writable.YES ? "ro,nodev" : "nodev");
            ops.add(new Op.MountDirectory(image.path().toString(), IMAGE, flags));
        }
        if (isServed() && spec.payload().action() != ContainerSpec.Action.STEP) {
            ops.add(new Op.Preload(IMAGE, List.of("/bin/sh")));
        }
        for (Mounted other : mounted) {
            ops.add(new Op.Directory(other.sessionPath, 0755));
            ops.add(mount(other, owner));
        }
        return ops;
    }

    private Op mount(Mounted image, Optional<String> owner) throws UserException {
        var partition = image.partition;
        if (!image.served) {
            String type = image.isExt() ? "ext4" : "squashfs";
            return new Op.MountLoop(
                    image.number,
                    image.sessionPath,
                    flags(image.readOnly ? "ro" : ""),
                    partition.offset(),
                    partition.size(),
                    type);
        }
        if (!image.isExt()) {
            return new Op.MountServed(image.number, image.sessionPath);
        }
        var program = host.facilities().fuse2fs();
        if (program.isEmpty()) {
            throw new UserException(
                    "no fuse2fs on this host to mount " + partition.file(),
                    "install the package fuse2fs, or use a directory as overlay");
        }
        String owned = owner.map(options -> "," + options).orElse("");
        String options = "offset=" + partition.offset() + ",allow_other,default_permissions" + owned
                + (image.readOnly ? ",ro" : "");
        String target = Op.FuseServer.SERVER_SESSION + image.sessionPath;
        return new Op.FuseServer(
                image.sessionPath, image.number, List.of(program.get(), "-f", "-o", options, "/dev/fd/3", target));
    }

    /// Lays the layers together. The image itself is the root if nothing is to be laid over it.
    ///
    /// @param skeleton whether mount points are made in [Planner#SKELETON]
    List<Op> assemble(boolean skeleton) throws UserException, IOException {
        var ops = new ArrayList<Op>();
        boolean temporary = spec.writable() == Writable.TMPFS;
        if (!skeleton && !temporary && overlays.isEmpty()) {
            ops.add(new Op.Root(IMAGE));
            return ops;
        }
        String upper = temporary ? Planner.SKELETON : "";
        String work = temporary ? WORK : "";
        var lowers = new ArrayList<String>();
        lowers.add(IMAGE);
        for (int i = 0; i < overlays.size(); i++) {
            var overlay = overlays.get(i);
            String path = layer(overlay, i, ops);
            if (overlay.readOnly()) {
                addOpaque(overlay, i, ops, lowers);
                lowers.addFirst(path);
            } else {
                upper = path + "/upper";
                work = path + "/work";
                ops.add(new Op.Directory(upper, 0755));
                ops.add(new Op.Directory(work, 0755));
            }
        }
        if (skeleton && !temporary) {
            lowers.addFirst(Planner.SKELETON);
        }
        ops.add(new Op.Directory(ROOT, 0755));
        if (temporary) {
            ops.add(new Op.Directory(WORK, 0755));
        }
        ops.add(overlay(upper, work, lowers));
        ops.add(new Op.Root(ROOT));
        return ops;
    }

    /// Lays below an overlay whose opaque directories the mount would not know as such a directory with files by their
    /// names, behind which nothing is seen. Whoever made the overlay may have had other rights than the caller has, and
    /// what marks a directory depends on these.
    private void addOpaque(Overlay overlay, int index, List<Op> ops, List<String> lowers) throws IOException {
        List<String> opaque =
                overlay.tree().opaqueWithout(privileged ? "trusted.overlay.opaque" : "user.overlay.opaque");
        if (opaque.isEmpty()) {
            return;
        }
        String below = "/below" + index;
        var files = new SessionTree();
        files.directory(below, 0755);
        for (String path : opaque) {
            addOpaque(below, path, files);
        }
        ops.addAll(files.ops());
        lowers.addFirst(below);
    }

    private static void addOpaque(String below, String path, SessionTree files) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            var parent = files.node(below + path.substring(0, slash));
            if (parent.isPresent() && !parent.get().isDirectory()) {
                return; // below one that is opaque itself
            }
            files.directory(below + path.substring(0, slash), 0755);
        }
        files.file(below + path, 0600, "");
    }

    private Op overlay(String upper, String work, List<String> lowers) throws UserException {
        var written = writableOverlay();
        boolean served = config.overlay().fuse()
                || written.isPresent() && isServed(written.get())
                || host.facilities().fuseOverlayfs().isPresent() && hasServedExt();
        if (!served) {
            return new Op.Overlay(ROOT, flags(""), privileged ? "" : "userxattr", upper, work, lowers);
        }
        checkSetuid("the overlay is made by fuse-overlayfs");
        var program = host.facilities().fuseOverlayfs();
        if (program.isEmpty()) {
            throw new UserException(
                    "no fuse-overlayfs on this host to "
                            + written.map(overlay -> "write to the overlay " + overlay.path())
                                    .orElse("lay mount points over the image"),
                    written.isPresent()
                            ? "install the package fuse-overlayfs, add :ro, or use a directory on a local disk"
                            : "install the package fuse-overlayfs: the site has enable overlay = driver");
        }
        String session = Op.FuseServer.SERVER_SESSION;
        // without noacl, it fails on what is another's where a layer has no access lists
        var options = new StringBuilder("noacl,lowerdir=");
        for (int i = 0; i < lowers.size(); i++) {
            options.append(i > 0 ? ":" : "").append(session).append(lowers.get(i));
        }
        if (!upper.isEmpty()) {
            options.append(",upperdir=").append(session).append(upper);
            options.append(",workdir=").append(session).append(work);
        }
        return new Op.FuseServer(ROOT, -1, List.of(program.get(), "-f", "-o", options.toString(), session + ROOT));
    }

    /// Whether an ext3 file is read that a file system server has been written through: its whiteouts are files whose
    /// names begin with `.wh.`, which only that server knows.
    private boolean hasServedExt() {
        for (Overlay overlay : overlays) {
            boolean ext = overlay.partition().isPresent()
                    && overlay.partition().get().fileSystem() == Partition.FileSystem.EXT3;
            if (ext && isServed(overlay)) {
                return true;
            }
        }
        return false;
    }

    /// Whether an overlay is on a file system that the kernel writes to for no overlay of its own.
    private boolean isServed(Overlay overlay) {
        return overlay.partition().isPresent()
                ? !(privileged && config.kernel().extfs())
                : overlay.type().startsWith("fuse");
    }

    /// Where an overlay's files are in the session.
    private String layer(Overlay overlay, int index, List<Op> ops) throws UserException {
        if (overlay.partition().isPresent()) {
            String path = mount(overlay.partition().get(), overlay.readOnly());
            boolean image = overlay.partition().get().fileSystem() == Partition.FileSystem.EXT3;
            return image && overlay.readOnly() ? path + "/upper" : path;
        }
        String path = "/overlay" + index;
        ops.add(new Op.Directory(path, 0755));
        ops.add(new Op.MountDirectory(overlay.path(), path, overlay.readOnly() ? "ro,nodev" : "nodev"));
        return path;
    }

    /// Flags of a mount that the payload sees: setuid programs mean something in it only if that was asked for.
    private String flags(String flags) {
        return MountPoints.flags(flags, spec.isolation().rights().setuid());
    }

    private Optional<Overlay> writableOverlay() {
        for (Overlay overlay : overlays) {
            if (!overlay.readOnly()) {
                return Optional.of(overlay);
            }
        }
        return Optional.empty();
    }

    private boolean isServed() {
        return image instanceof Image.Squashfs
                && (recording.isPresent() || !(privileged && host.facilities().kernelSquashfs()));
    }

    private List<String> primaryServer(Image.Squashfs file) {
        var command = new ArrayList<>(server(file.offset(), file.size()));
        if (recording.isPresent()) {
            command.addAll(1, List.of("--record", recording.get().file()));
        }
        return command;
    }

    private List<String> server(long offset, long size) {
        return List.of(host.facilities().squashfsServer(), Long.toString(offset), Long.toString(size));
    }
}
