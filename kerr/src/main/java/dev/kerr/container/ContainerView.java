package dev.kerr.container;

import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tree that the payload will see, as far as it is planned: the image, and over it what is mounted.
final class ContainerView implements FileTree {
    private static final Node MADE = new Node(Kind.DIRECTORY, 0755, "");

    private final FileTree image;
    private final List<Mounted> mounts = new ArrayList<>();

    /// What is mounted at a path of the container.
    ///
    /// @param target without links
    /// @param tree where `path` is: the host, the session, or another image
    /// @param path without links
    record Mounted(String target, FileTree tree, String path) {
        /// The path in [#tree] of what is seen at a path in the container.
        String at(String seen) {
            return join(path, seen.substring(length(target)));
        }
    }

    ContainerView(FileTree image) {
        this.image = image;
    }

    /// Says that a path of a tree, without links, is now seen at a path in the container, without links.
    void mount(String target, FileTree tree, String path) {
        mounts.add(new Mounted(target, tree, path));
    }

    /// What is mounted at a path or above it; empty if the image's own is seen there.
    Optional<Mounted> mounted(String path) {
        for (int i = mounts.size() - 1; i >= 0; i--) {
            if (isBelow(path, mounts.get(i).target)) {
                return Optional.of(mounts.get(i));
            }
        }
        return Optional.empty();
    }

    boolean isMountPoint(String path) {
        for (Mounted mounted : mounts) {
            if (mounted.target.equals(path)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        var mounted = mounted(path);
        if (mounted.isPresent()) {
            return mounted.get().tree.node(mounted.get().at(path));
        }
        var node = image.node(path);
        return node.isEmpty() && isAboveMount(path) ? Optional.of(MADE) : node;
    }

    /// Whether a path is on the way to a mount point, and so made if the image lacks it.
    private boolean isAboveMount(String path) {
        for (Mounted mounted : mounts) {
            if (mounted.target.startsWith(path + "/")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        var mounted = mounted(path);
        return mounted.isPresent() ? mounted.get().tree.read(mounted.get().at(path), limit) : image.read(path, limit);
    }

    @Override
    public List<String> list(String path) throws IOException {
        var mounted = mounted(path);
        return mounted.isPresent() ? mounted.get().tree.list(mounted.get().at(path)) : image.list(path);
    }

    PathResolver.Resolved resolve(String path) throws IOException {
        return new PathResolver(this).resolve(path);
    }

    private static boolean isBelow(String path, String directory) {
        return directory.equals("/")
                || path.startsWith(directory)
                        && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    private static int length(String target) {
        return target.equals("/") ? 0 : target.length();
    }

    private static String join(String directory, String rest) {
        if (rest.isEmpty() || rest.equals("/")) {
            return directory;
        }
        return directory.equals("/") ? rest : directory + rest;
    }
}
