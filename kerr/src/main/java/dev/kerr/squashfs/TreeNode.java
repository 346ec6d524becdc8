package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Listing;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// A file of a tree that is being written, with what becomes known of it step by step. A file with several names is
/// one node in several places.
final class TreeNode {
    /// What its number and reference are before they are known.
    static final long UNKNOWN = -1;

    /// One for all files that are no directories: there are many.
    private static final SortedMap<String, TreeNode> NO_CHILDREN = Collections.unmodifiableSortedMap(new TreeMap<>());

    private static final Listing NO_LISTING = new Listing(0, 0, 0, 0, new Inode.MetadataPosition(0, 0));

    /// What it is.
    Entry entry;
    /// Whether no entry has described it yet: a directory that is there because something is in it.
    boolean isImplied;
    /// What is in it, by name, in the order of the names' bytes; empty unless it is a directory.
    final SortedMap<String, TreeNode> children;
    /// Where its content is; of regular files.
    Placement placement = Placement.EMPTY;
    /// The directories that it is in, each as often as it is there.
    int names;
    /// The inode number.
    long number = UNKNOWN;
    /// The reference of its inode.
    long reference = UNKNOWN;
    /// Where its entries are; of directories.
    Listing listing = NO_LISTING;

    TreeNode(Entry entry, boolean isImplied) {
        this.entry = entry;
        this.isImplied = isImplied;
        this.children = entry instanceof Entry.Directory ? new TreeMap<>() : NO_CHILDREN;
    }

    boolean isDirectory() {
        return entry instanceof Entry.Directory;
    }

    /// The entry as that of a file of its own, which it is once hard links are resolved.
    Entry.Original original() {
        if (entry instanceof Entry.Original original) {
            return original;
        }
        throw new IllegalStateException("unresolved hard link " + entry.path());
    }
}
