package dev.kerr.container;

import dev.kerr.image.FileTree;
import dev.kerr.image.Image;
import dev.kerr.linux.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Files of the host, with a note of what was looked at.
///
/// @param root the path of the tree's root on the host, without a slash at its end
public record WatchedTree(FileTree tree, String root, Inputs inputs) implements FileTree {
    /// The same directory, watched.
    public static Image.Sandbox of(Image.Sandbox sandbox, Inputs inputs) {
        inputs.place(sandbox.path());
        String root = sandbox.path().toString();
        return new Image.Sandbox(sandbox.path(), new WatchedTree(sandbox.tree(), root, inputs));
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        var node = tree.node(path);
        inputs.node(root + path, node.isEmpty() ? '-' : letter(node.get().kind()));
        return node;
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        inputs.content(Path.of(root + path));
        return tree.read(path, limit);
    }

    @Override
    public Content content(String path) throws IOException {
        inputs.content(Path.of(root + path));
        return tree.content(path);
    }

    @Override
    public List<String> list(String path) throws IOException {
        inputs.missSome();
        return tree.list(path);
    }

    private static char letter(Kind kind) {
        return switch (kind) {
            case DIRECTORY -> 'd';
            case FILE -> 'f';
            case SYMLINK -> 'l';
            case WHITEOUT, OTHER -> 'o';
        };
    }
}
