package dev.kerr.layer;

import java.util.HashMap;
import java.util.Map;

/// A name in the tree of merged layers. Images have millions, so each field counts.
final class Node {
    /// One for all that are no directories.
    private static final Map<String, Node> NO_CHILDREN = Map.of();

    private static final int FEW = 4;

    /// The directory that it is in; the root is in itself.
    final Node parent;

    final String name;
    /// What is in it; of directories.
    final Map<String, Node> children;
    /// What the name stands for; several names may stand for one.
    Inode inode;
    /// The last layer that has an entry for it or for something in it.
    int touched;

    /// The root.
    Node(Inode inode) {
        this.parent = this;
        this.name = "";
        this.children = new HashMap<>();
        this.inode = inode;
    }

    Node(Node parent, String name, Inode inode) {
        this.parent = parent;
        this.name = name;
        this.children = inode instanceof Inode.Directory ? new HashMap<>(FEW) : NO_CHILDREN;
        this.inode = inode;
    }

    boolean isDirectory() {
        return inode instanceof Inode.Directory;
    }

    /// What a name stands for, and the entry that said so: `entry` counts the entries of `layer`.
    sealed interface Inode {
        int layer();

        int entry();

        /// @param isImplied whether no entry describes it: it is there because something is in it
        record Directory(int layer, int entry, boolean isImplied) implements Inode {}

        record Symlink(int layer, int entry, String target) implements Inode {}

        /// Any other.
        ///
        /// @param size of a regular file
        record Leaf(int layer, int entry, long size) implements Inode {}
    }

    /// The path from the root.
    String path() {
        int length = 0;
        for (Node at = this; at.parent != at; at = at.parent) {
            length += at.name.length() + 1;
        }
        char[] path = new char[Math.max(0, length - 1)];
        int end = path.length;
        for (Node at = this; at.parent != at; at = at.parent) {
            at.name.getChars(0, at.name.length(), path, end - at.name.length());
            end -= at.name.length() + 1;
            if (end >= 0) {
                path[end] = '/';
            }
        }
        return new String(path);
    }
}
