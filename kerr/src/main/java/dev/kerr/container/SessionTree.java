package dev.kerr.container;

import dev.kerr.image.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a plan makes in the session before anything is bound: skeletons, empty directories, a small `/dev`.
///
/// Parents are made first; what is asked for again stays as it was.
final class SessionTree implements FileTree {
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, String> contents = new HashMap<>();
    private final List<Op> ops = new ArrayList<>();

    /// The operations, in the order in which they were asked for.
    List<Op> ops() {
        return List.copyOf(ops);
    }

    /// @param mode the low twelve bits of `st_mode`
    void directory(String path, int mode) {
        if (!nodes.containsKey(path)) {
            nodes.put(path, new Node(Kind.DIRECTORY, mode, ""));
            ops.add(new Op.Directory(path, mode));
        }
    }

    void file(String path, int mode, String content) {
        if (!nodes.containsKey(path)) {
            nodes.put(path, new Node(Kind.FILE, mode, ""));
            contents.put(path, content);
            ops.add(new Op.WriteFile(path, mode, content));
        }
    }

    void link(String path, String target) {
        if (!nodes.containsKey(path)) {
            nodes.put(path, new Node(Kind.SYMLINK, 0777, target));
            ops.add(new Op.Symlink(path, target));
        }
    }

    @Override
    public Optional<Node> node(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        byte[] content = contents.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
        if (content.length > limit) {
            throw new IOException(path + " is larger than " + limit + " bytes");
        }
        return content;
    }

    @Override
    public List<String> list(String path) {
        var names = new ArrayList<String>();
        for (String node : nodes.keySet()) {
            if (node.startsWith(path + "/") && node.indexOf('/', path.length() + 1) < 0) {
                names.add(node.substring(path.length() + 1));
            }
        }
        return names;
    }
}
