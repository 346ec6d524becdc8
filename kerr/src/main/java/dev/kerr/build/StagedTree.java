package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Directories and files that are to be put into a root file system, as data: paths are relative to its root.
final class StagedTree {
    /// What stands at a path.
    sealed interface Node {
        /// A directory, mode 0755.
        record Directory() implements Node {}

        /// A file with its whole text.
        record Text(String text, Kind kind) implements Node {
            public Text {
                requireNonNull(text);
                requireNonNull(kind);
            }
        }
    }

    /// What a file is for.
    enum Kind {
        /// Mode 0644.
        DATA("rw-r--r--"),
        /// Mode 0755.
        SCRIPT("rwxr-xr-x");

        private final String permissions;

        Kind(String permissions) {
            this.permissions = permissions;
        }
    }

    private final SortedMap<String, Node> nodes = new TreeMap<>();

    /// The nodes by path; a directory comes before what is in it.
    SortedMap<String, Node> nodes() {
        return Collections.unmodifiableSortedMap(nodes);
    }

    StagedTree directory(String path) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash));
        }
        nodes.put(path, new Node.Directory());
        return this;
    }

    StagedTree data(String path, String text) {
        return file(path, new Node.Text(text, Kind.DATA));
    }

    StagedTree script(String path, String text) {
        return file(path, new Node.Text(text, Kind.SCRIPT));
    }

    /// Adds all nodes of another tree, over those of the same path.
    StagedTree add(StagedTree other) {
        nodes.putAll(other.nodes);
        return this;
    }

    private StagedTree file(String path, Node.Text text) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash));
        }
        nodes.put(path, text);
        return this;
    }

    /// Writes the tree into a new directory, with exact modes whatever the umask.
    void writeTo(Path root) throws IOException {
        Files.createDirectory(root);
        for (Map.Entry<String, Node> entry : nodes.entrySet()) {
            Path path = root.resolve(entry.getKey());
            switch (entry.getValue()) {
                case Node.Directory() -> {
                    Files.createDirectory(path);
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
                case Node.Text(String text, Kind kind) -> {
                    Files.writeString(path, text);
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(kind.permissions));
                }
            }
        }
    }
}
