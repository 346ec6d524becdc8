package dev.kerr.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Several trees, one over the other, as an overlay mount merges them.
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
                return node.get().kind() == Kind.WHITEOUT ? Optional.empty() : node;
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
    public Content content(String path) throws IOException {
        for (FileTree layer : layers) {
            if (layer.node(path).isPresent()) {
                return layer.content(path);
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

    /// Whether a layer has something on the way to a path behind which the layers below are not seen: no directory, or
    /// an opaque one.
    private static boolean hides(FileTree layer, String path) throws IOException {
        for (String parent = PathResolver.parent(path); !parent.equals("/"); parent = PathResolver.parent(parent)) {
            var node = layer.node(parent);
            if (node.isPresent() && (!node.get().isDirectory() || layer.isOpaque(parent))) {
                return true;
            }
        }
        return false;
    }
}
