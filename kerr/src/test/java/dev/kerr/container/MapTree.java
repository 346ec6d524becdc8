package dev.kerr.container;

import dev.kerr.image.FileTree;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A tree of files in memory. It insists on what [FileTree] asks of its callers: a path that is not clean, or leads
/// through a link, is a fault of the program under test.
final class MapTree implements FileTree {
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<String, String> texts = new HashMap<>();

    MapTree() {
        nodes.put("/", new Node(Kind.DIRECTORY, 0755, ""));
    }

    MapTree directories(String... paths) {
        for (String path : paths) {
            directory(path, 0755);
        }
        return this;
    }

    MapTree directory(String path, int mode) {
        return put(path, new Node(Kind.DIRECTORY, mode, ""));
    }

    MapTree file(String path, String text) {
        texts.put(path, text);
        return put(path, new Node(Kind.FILE, 0644, ""));
    }

    MapTree link(String path, String target) {
        return put(path, new Node(Kind.SYMLINK, 0777, target));
    }

    MapTree device(String path) {
        return put(path, new Node(Kind.OTHER, 0666, ""));
    }

    /// Removes what is at a path, and all below it.
    MapTree without(String path) {
        nodes.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
        return this;
    }

    @Override
    public Optional<Node> node(String path) {
        check(path);
        return Optional.ofNullable(nodes.get(path));
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        check(path);
        Node node = nodes.get(path);
        if (node == null || node.kind() != Kind.FILE) {
            throw new FileNotFoundException(path + " is not a regular file");
        }
        byte[] bytes = texts.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > limit) {
            throw new IOException(path + " is larger than " + limit + " bytes");
        }
        return bytes;
    }

    @Override
    public List<String> list(String path) {
        check(path);
        String below = path.equals("/") ? "/" : path + "/";
        var names = new ArrayList<String>();
        for (String each : nodes.keySet()) {
            if (each.startsWith(below) && each.length() > below.length() && each.indexOf('/', below.length()) < 0) {
                names.add(each.substring(below.length()));
            }
        }
        return names;
    }

    /// Makes these files below a directory of this host: a sandbox.
    void writeTo(Path directory) throws IOException {
        for (var entry : nodes.entrySet()) {
            Path file = directory.resolve(entry.getKey().substring(1));
            switch (entry.getValue().kind()) {
                case DIRECTORY -> {
                    Files.createDirectories(file);
                    Files.setAttribute(file, "unix:mode", entry.getValue().permissions());
                }
                case FILE -> Files.writeString(file, texts.getOrDefault(entry.getKey(), ""));
                case SYMLINK ->
                    Files.createSymbolicLink(file, Path.of(entry.getValue().link()));
                case WHITEOUT, OTHER -> throw new IllegalArgumentException("cannot make the device " + file);
            }
        }
    }

    private MapTree put(String path, Node node) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            nodes.putIfAbsent(path.substring(0, slash), new Node(Kind.DIRECTORY, 0755, ""));
        }
        nodes.put(path, node);
        return this;
    }

    private void check(String path) {
        boolean clean = path.equals("/") || path.startsWith("/") && !path.endsWith("/");
        for (String name : path.substring(1).split("/", -1)) {
            clean &= path.equals("/") || !name.isEmpty() && !name.equals(".") && !name.equals("..");
        }
        if (!clean) {
            throw new AssertionError("not a clean path: " + path);
        }
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            Node parent = nodes.get(path.substring(0, slash));
            if (parent != null && parent.isSymlink()) {
                throw new AssertionError("a path through a link: " + path);
            }
        }
    }
}
