package dev.kerr.container;

import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tree that the payload will see, as far as it is planned: the image, and over it what is bound of the host.
final class ContainerView implements FileTree {
    private final FileTree image;
    private final FileTree host;
    private final List<Mounted> mounts = new ArrayList<>();

    /// @param hostPath without links; empty where a single generated file is mounted
    private record Mounted(String target, String hostPath) {}

    ContainerView(FileTree image, FileTree host) {
        this.image = image;
        this.host = host;
    }

    /// Says that a path of the host, without links, is now seen at a path in the container, without links.
    void mount(String target, String hostPath) {
        mounts.add(new Mounted(target, hostPath));
    }

    /// The path of the host that is seen at a path in the container; empty if the image's own is.
    Optional<String> hostPath(String path) {
        for (int i = mounts.size() - 1; i >= 0; i--) {
            var mounted = mounts.get(i);
            if (isBelow(path, mounted.target)) {
                return Optional.of(join(mounted.hostPath, path.substring(length(mounted.target))));
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
        var outside = hostPath(path);
        return outside.isPresent() ? host.node(outside.get()) : image.node(path);
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        var outside = hostPath(path);
        return outside.isPresent() ? host.read(outside.get(), limit) : image.read(path, limit);
    }

    @Override
    public List<String> list(String path) throws IOException {
        var outside = hostPath(path);
        return outside.isPresent() ? host.list(outside.get()) : image.list(path);
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
