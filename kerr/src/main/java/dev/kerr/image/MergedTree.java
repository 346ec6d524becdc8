package dev.kerr.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Several trees, one over the other, as an overlay mount merges them. Opaque directories are not known here.
///
/// **Source:** the kernel's Documentation/filesystems/overlayfs.rst, "Upper and Lower" and "whiteouts".
///
/// @param layers from the top
public record MergedTree(List<FileTree> layers) implements FileTree {
    public MergedTree {
        layers = List.copyOf(layers);
        Objects.requireNonNull(layers);
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        for (FileTree layer : layers) {
            var node = layer.node(path);
            if (node.isPresent()) {
                return isWhiteout(node.get()) ? Optional.empty() : node;
            }
            if (hides(layer, path)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        for (FileTree layer : layers) {
            if (layer.node(path).isPresent()) {
                return layer.read(path, limit);
            }
        }
        throw new IOException(path + " does not exist");
    }

    @Override
    public List<String> list(String path) throws IOException {
        var names = new ArrayList<String>();
        for (FileTree layer : layers) {
            for (String name : layer.list(path)) {
                String child = path.equals("/") ? path + name : path + "/" + name;
                if (!names.contains(name) && node(child).isPresent()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /// Whether a layer has something else than a directory on the way to a path.
    private static boolean hides(FileTree layer, String path) throws IOException {
        for (String parent = PathResolver.parent(path); !parent.equals("/"); parent = PathResolver.parent(parent)) {
            var node = layer.node(parent);
            if (node.isPresent()) {
                return !node.get().isDirectory();
            }
        }
        return false;
    }

    /// A character device 0:0, which nobody may read or write.
    private static boolean isWhiteout(Node node) {
        return node.kind() == Kind.OTHER && (node.permissions() & 0777) == 0;
    }
}
