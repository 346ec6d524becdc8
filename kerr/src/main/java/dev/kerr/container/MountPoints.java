package dev.kerr.container;

import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds where in the container each mount goes, and collects the mount points that the image lacks: they are made in a
/// skeleton that lies over the image, because nobody may write into an image.
final class MountPoints {
    /// Why a mount is there, and so what happens if it cannot be.
    enum Need {
        /// The user asked for it: it is there, or nothing runs.
        ASKED,
        /// It is there by default: without it, a warning.
        DEFAULT,
        /// It is there by default, and its absence is not worth a word.
        QUIET
    }

    /// @param source of the host or the session, as configured or asked for
    /// @param target in the container, not yet resolved
    record Mount(String source, String target, String flags, Need need) {}

    private final FileTree image;
    private final FileTree host;
    private final ContainerView view;
    private final boolean skeletonPossible;
    private final boolean setuid;
    private final SessionTree session = new SessionTree();
    private final List<Op> binds = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /// @param skeletonPossible whether what the image lacks can be laid over it
    /// @param setuid whether setuid programs of the host mean something below binds, if they do on the host
    MountPoints(FileTree image, FileTree host, boolean skeletonPossible, boolean setuid) {
        this.image = image;
        this.host = host;
        this.view = new ContainerView(image);
        this.skeletonPossible = skeletonPossible;
        this.setuid = setuid;
    }

    /// The flags of a mount, with `suid` if that is wanted.
    static String flags(String flags, boolean setuid) {
        return !setuid ? flags : flags.isEmpty() ? "suid" : flags + ",suid";
    }

    ContainerView view() {
        return view;
    }

    /// What the plan makes in the session; the mount points below [Planner#SKELETON], where the modes of directories
    /// that the image has are the image's.
    SessionTree session() {
        return session;
    }

    boolean hasSkeleton() {
        return session.node(Planner.SKELETON).isPresent();
    }

    /// Makes the directory of mount points, with the mode of the image's root.
    void makeSkeleton() throws IOException {
        if (!hasSkeleton()) {
            int mode = image.node("/").map(node -> node.permissions()).orElse(0755);
            session.directory(Planner.SKELETON, mode | 0700);
        }
    }

    List<Op> binds() {
        return binds;
    }

    List<String> warnings() {
        return warnings;
    }

    /// Plans a bind of the host. Returns whether it is part of the plan.
    boolean add(Mount mount) throws UserException {
        try {
            var source = new PathResolver(host).resolve(mount.source);
            if (source.node().isEmpty()) {
                return refuse(mount, "it does not exist on the host");
            }
            var target = target(mount, source.node().get().isDirectory());
            if (target.isEmpty()) {
                return false;
            }
            binds.add(new Op.Bind(mount.source, target.get(), flags(mount.flags, setuid)));
            view.mount(target.get(), host, source.path());
            return true;
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Plans a directory of the host that an operation of the plan makes.
    boolean addMade(Mount mount) throws UserException {
        try {
            var target = target(mount, true);
            if (target.isPresent()) {
                binds.add(new Op.Bind(mount.source, target.get(), flags(mount.flags, setuid)));
                view.mount(target.get(), new EmptyDirectory(mount.source), mount.source);
            }
            return target.isPresent();
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Plans a bind of a file or directory that the plan makes in the session, if nothing of the user's is there
    /// already. Returns whether it is part of the plan.
    boolean addSession(Mount mount) throws UserException {
        try {
            if (isMounted(mount.target)) {
                return false;
            }
            var node = session.node(mount.source);
            var target = target(mount, node.isPresent() && node.get().isDirectory());
            if (target.isPresent()) {
                binds.add(new Op.BindSession(mount.source, target.get(), mount.flags));
                view.mount(target.get(), session, mount.source);
            }
            return target.isPresent();
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Plans a bind of a path in an image that is mounted in the session.
    boolean addImage(Mount mount, String imagePath, FileTree tree) throws UserException {
        try {
            var source = new PathResolver(tree).resolve(imagePath);
            if (source.node().isEmpty()) {
                return refuse(mount, imagePath + " does not exist in the image");
            }
            var target = target(mount, source.node().get().isDirectory());
            if (target.isPresent()) {
                binds.add(new Op.BindImage(mount.source, imagePath, target.get(), mount.flags));
                view.mount(target.get(), tree, source.path());
            }
            return target.isPresent();
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Plans a symbolic link in place of what the image has there. One that leads there already stays.
    void addLink(String path, String to) throws UserException {
        var mount = new Mount(to, path, "", Need.ASKED);
        try {
            var parent = view.resolve(PathResolver.parent(path));
            String at = (parent.path().equals("/") ? "" : parent.path()) + path.substring(path.lastIndexOf('/'));
            var present = view.node(at);
            if (present.isPresent()
                    && present.get().isSymlink()
                    && present.get().link().equals(to)) {
                return;
            }
            if (present.isPresent() && present.get().isDirectory()) {
                refuse(mount, "there is a directory in the container");
            }
            var above = view.mounted(at);
            if (above.isPresent()) {
                refuse(mount, "it would be written to " + above.get().at(at));
            }
            if (!skeletonPossible) {
                refuse(mount, "it would be written into the container");
            }
            makeSkeleton();
            makeParents(Planner.SKELETON + at, Planner.SKELETON.length(), Planner.SKELETON);
            session.link(Planner.SKELETON + at, to);
        } catch (IOException unresolvable) {
            refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Whether what is seen at a path is the host's `hostPath` already.
    @SuppressWarnings("ReferenceEquality") // a record's equals costs a launch several milliseconds
    boolean showsHost(String path, String hostPath) {
        var target = resolved(path);
        if (target.isEmpty()) {
            return false;
        }
        var above = view.mounted(target.get().path());
        return above.isPresent()
                && above.get().tree() == host
                && above.get().at(target.get().path()).equals(hostPath);
    }

    /// Plans a new file system.
    boolean addNew(String type, String target, String flags, List<String> options) throws UserException {
        var at = addPoint(type, target);
        at.ifPresent(path -> binds.add(new Op.NewMount(path, type, flags, options)));
        return at.isPresent();
    }

    /// Plans only the mount point of a new file system.
    Optional<String> addPoint(String type, String target) throws UserException {
        var mount = new Mount("a new " + type, target, "", Need.DEFAULT);
        try {
            var at = target(mount, true);
            if (at.isPresent()) {
                view.mount(at.get(), new EmptyDirectory("/"), "/");
            }
            return at;
        } catch (IOException unresolvable) {
            refuse(mount, String.valueOf(unresolvable.getMessage()));
            return Optional.empty();
        }
    }

    /// Plans a bind of the host on the same directory of a new file system of the kernel's, which has it if the host
    /// has.
    void addInKernels(Mount mount) throws UserException {
        try {
            var source = new PathResolver(host).resolve(mount.source);
            if (source.node().isPresent() && source.node().get().isDirectory()) {
                binds.add(new Op.Bind(mount.source, mount.target, mount.flags));
                view.mount(mount.target, host, source.path());
            }
        } catch (IOException unresolvable) {
            refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Where a path leads; empty if a loop of links or a file is in its way.
    Optional<PathResolver.Resolved> resolved(String path) {
        try {
            return Optional.of(view.resolve(path));
        } catch (IOException unresolvable) {
            return Optional.empty();
        }
    }

    /// Whether something is mounted exactly where a path leads.
    boolean isMounted(String path) {
        var target = resolved(path);
        return target.isPresent() && view.isMountPoint(target.get().path());
    }

    private Optional<String> target(Mount mount, boolean directory) throws IOException, UserException {
        var target = view.resolve(mount.target);
        if (target.path().equals("/")) {
            refuse(mount, "it would hide the whole container");
            return Optional.empty();
        }
        if (target.node().isPresent()) {
            if (target.node().get().isDirectory() != directory) {
                refuse(mount, directory ? "there is a file in the container" : "there is a directory in the container");
                return Optional.empty();
            }
            return Optional.of(target.path());
        }
        var above = view.mounted(target.existing());
        if (above.isPresent() && above.get().tree() != session) {
            refuse(mount, "the directory does not exist in " + above.get().at(target.existing()));
            return Optional.empty();
        }
        if (above.isPresent()) {
            String point = above.get().at(target.path());
            makePoint(point, above.get().path().length(), directory, "");
            return Optional.of(target.path());
        }
        if (!skeletonPossible) {
            refuse(mount, "it does not exist in the writable container");
            return Optional.empty();
        }
        makeSkeleton();
        makePoint(Planner.SKELETON + target.path(), Planner.SKELETON.length(), directory, Planner.SKELETON);
        return Optional.of(target.path());
    }

    /// Makes a mount point and the directories on the way to it.
    ///
    /// @param from length of the path's beginning that is there
    /// @param skeleton [Planner#SKELETON] where the image's modes count, else empty
    private void makePoint(String point, int from, boolean directory, String skeleton) throws IOException {
        makeParents(point, from, skeleton);
        if (directory) {
            makeDirectory(point, skeleton);
        } else {
            session.file(point, 0644, "");
        }
    }

    private void makeParents(String point, int from, String skeleton) throws IOException {
        for (int slash = point.indexOf('/', from + 1); slash > 0; slash = point.indexOf('/', slash + 1)) {
            makeDirectory(point.substring(0, slash), skeleton);
        }
    }

    private void makeDirectory(String path, String skeleton) throws IOException {
        if (session.node(path).isEmpty()) {
            var present =
                    skeleton.isEmpty() ? Optional.<FileTree.Node>empty() : view.node(path.substring(skeleton.length()));
            int mode = present.isPresent() ? present.get().permissions() : 0755;
            session.directory(path, mode | 0700);
        }
    }

    private boolean refuse(Mount mount, String reason) throws UserException {
        String what = mount.source.equals(mount.target)
                ? "cannot bind " + mount.source
                : "cannot bind " + mount.source + " on " + mount.target;
        switch (mount.need) {
            case ASKED -> throw new UserException(what + ": " + reason);
            case DEFAULT -> warnings.add(what + ": " + reason);
            case QUIET -> {}
        }
        return false;
    }

    /// A directory of which nothing is known but that it is there.
    private record EmptyDirectory(String path) implements FileTree {
        @Override
        public Optional<Node> node(String at) {
            return at.equals(path) ? Optional.of(new Node(Kind.DIRECTORY, 0755, "")) : Optional.empty();
        }

        @Override
        public byte[] read(String at, int limit) throws IOException {
            throw new IOException(at + " is not known yet");
        }

        @Override
        public List<String> list(String at) {
            return List.of();
        }
    }
}
