package dev.kerr.squashfs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// A directory that was made on the host, and that its inode says of it later. Many of them share their parents, so
/// that long paths take no room.
final class MadeDirectory {
    private final Optional<MadeDirectory> parent;
    private final String name;
    private final Inode.Directory inode;

    private MadeDirectory(Optional<MadeDirectory> parent, String name, Inode.Directory inode) {
        this.parent = parent;
        this.name = name;
        this.inode = inode;
    }

    static MadeDirectory root(Inode.Directory inode) {
        return new MadeDirectory(Optional.empty(), "", inode);
    }

    MadeDirectory child(String childName, Inode.Directory childInode) {
        return new MadeDirectory(Optional.of(this), childName, childInode);
    }

    String name() {
        return name;
    }

    boolean isIn(MadeDirectory other) {
        return parent.isPresent() && parent.get() == other;
    }

    Inode.Directory inode() {
        return inode;
    }

    /// A byte string from the root, which has the empty one.
    String path() {
        Deque<String> names = new ArrayDeque<>();
        MadeDirectory at = this;
        while (at.parent.isPresent()) {
            names.addFirst(at.name);
            at = at.parent.get();
        }
        return String.join("/", names);
    }

    /// The path of `childName` in it.
    String path(String childName) {
        return parent.isEmpty() ? childName : path() + "/" + childName;
    }
}
