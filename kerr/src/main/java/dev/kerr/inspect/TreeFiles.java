package dev.kerr.inspect;

import dev.kerr.image.FileTree;
import dev.kerr.image.PathResolver;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The files of an opened image, links followed inside the image.
public record TreeFiles(FileTree tree) implements ImageFiles {
    private static final int BYTES_MAX = 16 << 20;

    public TreeFiles {
        Objects.requireNonNull(tree);
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        var resolved = new PathResolver(tree).resolve(path);
        if (resolved.node().isEmpty() || resolved.node().get().kind() != FileTree.Kind.FILE) {
            return Optional.empty();
        }
        return Optional.of(tree.read(resolved.path(), BYTES_MAX));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        var resolved = new PathResolver(tree).resolve(directory);
        return resolved.node().isEmpty() ? List.of() : tree.list(resolved.path());
    }
}
