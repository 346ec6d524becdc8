package dev.kerr.container;

import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /// @param hostPath as configured or asked for
    /// @param target in the container, not yet resolved
    record Mount(String hostPath, String target, String flags, Need need) {}

    private final FileTree host;
    private final ContainerView view;
    private final boolean skeletonPossible;
    private final Map<String, Op> skeleton = new LinkedHashMap<>();
    private final List<Op> binds = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /// @param skeletonPath the session directory of the skeleton
    MountPoints(FileTree image, FileTree host, boolean skeletonPossible) {
        this.host = host;
        this.view = new ContainerView(image, host);
        this.skeletonPossible = skeletonPossible;
    }

    ContainerView view() {
        return view;
    }

    /// The mount points to make, parents first, by container path; the modes of directories that the image has are the
    /// image's.
    List<Op> skeleton() {
        return List.copyOf(skeleton.values());
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
            var source = new PathResolver(host).resolve(mount.hostPath);
            if (source.node().isEmpty()) {
                return refuse(mount, "it does not exist on the host");
            }
            boolean directory = source.node().get().isDirectory();
            var target = target(mount, directory);
            if (target.isEmpty()) {
                return false;
            }
            binds.add(new Op.Bind(mount.hostPath, target.get(), mount.flags));
            view.mount(target.get(), source.path());
            return true;
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
        }
    }

    /// Plans a generated file over a file that the image has. Returns whether it is part of the plan.
    boolean addGenerated(String sessionPath, String path) throws UserException {
        var mount = new Mount(sessionPath, path, "ro,nodev", Need.QUIET);
        try {
            if (isMounted(path)) {
                return false;
            }
            var target = target(mount, false);
            target.ifPresent(at -> binds.add(new Op.BindSession(sessionPath, at, mount.flags)));
            return target.isPresent();
        } catch (IOException unresolvable) {
            return refuse(mount, String.valueOf(unresolvable.getMessage()));
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

    /// Whether something of the host is mounted exactly where a path leads.
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
        if (view.hostPath(target.existing()).isPresent()) {
            refuse(
                    mount,
                    "the directory does not exist in "
                            + view.hostPath(target.existing()).get());
            return Optional.empty();
        }
        if (!skeletonPossible) {
            refuse(mount, "it does not exist in the writable container");
            return Optional.empty();
        }
        makePoint(target.path(), directory);
        return Optional.of(target.path());
    }

    private void makePoint(String path, boolean directory) throws IOException {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            makeDirectory(path.substring(0, slash));
        }
        if (directory) {
            makeDirectory(path);
        } else {
            skeleton.putIfAbsent(path, new Op.WriteFile(Planner.SKELETON + path, 0644, ""));
        }
    }

    private void makeDirectory(String path) throws IOException {
        if (!skeleton.containsKey(path)) {
            var present = view.node(path);
            int mode = present.isPresent() ? present.get().permissions() : 0755;
            skeleton.put(path, new Op.Directory(Planner.SKELETON + path, mode | 0700));
        }
    }

    private boolean refuse(Mount mount, String reason) throws UserException {
        String what = mount.hostPath.equals(mount.target)
                ? "cannot bind " + mount.hostPath
                : "cannot bind " + mount.hostPath + " on " + mount.target;
        switch (mount.need) {
            case ASKED -> throw new UserException(what + ": " + reason);
            case DEFAULT -> warnings.add(what + ": " + reason);
            case QUIET -> {}
        }
        return false;
    }
}
