package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Entry.HardLink;
import dev.kerr.squashfs.Entry.Metadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tree of all entries that have come.
final class Tree {
    /// What Linux takes: 4096 with the closing NUL.
    private static final int LONGEST_PATH = 4095;

    private static final int LONGEST_NAME = 255;
    private static final int IMPLIED_PERMISSIONS = 0755;

    private final Metadata implied;
    private final TreeNode root;
    private final List<Place> links = new ArrayList<>();
    private String lastParentPath = "";
    private TreeNode lastParent;

    /// A name in a directory.
    private record Place(TreeNode parent, String name) {}

    /// @param modifiedSeconds time of directories that no entry describes; they belong to root and have 0755
    Tree(long modifiedSeconds) {
        this.implied = new Metadata(IMPLIED_PERMISSIONS, 0, 0, modifiedSeconds);
        this.root = new TreeNode(new Entry.Directory("", implied), true);
        this.lastParent = root;
    }

    TreeNode root() {
        return root;
    }

    /// Adds `entry`.
    ///
    /// @return its node
    /// @throws InvalidTreeException if it cannot be where it says, or there is something already
    TreeNode add(Entry entry) throws InvalidTreeException {
        check(entry);
        String path = entry.path();
        if (path.isEmpty()) {
            return describe(root, entry);
        }
        Place place = place(path);
        TreeNode present = place.parent.children.get(place.name);
        if (present != null) {
            return describe(present, entry);
        }
        var node = new TreeNode(entry, false);
        place.parent.children.put(place.name, node);
        if (entry instanceof HardLink) {
            links.add(place);
        }
        return node;
    }

    private static void check(Entry entry) throws InvalidTreeException {
        if (entry.path().length() > LONGEST_PATH) {
            throw new InvalidTreeException(entry.path(), "path longer than " + LONGEST_PATH + " bytes");
        }
        if (entry instanceof Entry.Symlink link) {
            int length = link.target().length();
            if (length == 0 || length > LONGEST_PATH || !isByteString(link.target())) {
                throw new InvalidTreeException(
                        entry.path(), "target of a symbolic link is not 1 to " + LONGEST_PATH + " bytes without NUL");
            }
        }
    }

    /// Whether all chars are bytes, and none NUL.
    private static boolean isByteString(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    private TreeNode describe(TreeNode present, Entry entry) throws InvalidTreeException {
        if (!present.isImplied) {
            throw new InvalidTreeException(entry.path(), "it comes twice");
        }
        if (!(entry instanceof Entry.Directory)) {
            throw new InvalidTreeException(entry.path(), "it is not a directory, but there are files in it");
        }
        present.entry = entry;
        present.isImplied = false;
        return present;
    }

    /// Where `path` belongs; directories on the way are made.
    private Place place(String path) throws InvalidTreeException {
        int slash = path.lastIndexOf('/');
        if (slash == 0) {
            throw unsuitable(path);
        }
        String parentPath = slash < 0 ? "" : path.substring(0, slash);
        if (!parentPath.equals(lastParentPath)) {
            lastParent = directory(path, parentPath);
            lastParentPath = parentPath;
        }
        String name = path.substring(slash + 1);
        checkName(path, name);
        return new Place(lastParent, name);
    }

    private TreeNode directory(String path, String directoryPath) throws InvalidTreeException {
        TreeNode at = root;
        if (directoryPath.isEmpty()) {
            return at;
        }
        int start = 0;
        while (start <= directoryPath.length()) {
            int slash = directoryPath.indexOf('/', start);
            int end = slash < 0 ? directoryPath.length() : slash;
            String name = directoryPath.substring(start, end);
            TreeNode child = at.children.get(name);
            if (child == null) {
                checkName(path, name);
                child = new TreeNode(new Entry.Directory(directoryPath.substring(0, end), implied), true);
                at.children.put(name, child);
            } else if (!child.isDirectory()) {
                throw new InvalidTreeException(
                        path, ByteStrings.printable(directoryPath.substring(0, end)) + " is not a directory");
            }
            at = child;
            start = end + 1;
        }
        return at;
    }

    private static void checkName(String path, String name) throws InvalidTreeException {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || !isByteString(name)) {
            throw unsuitable(path);
        }
        if (name.length() > LONGEST_NAME) {
            throw new InvalidTreeException(path, "name longer than " + LONGEST_NAME + " bytes");
        }
    }

    private static InvalidTreeException unsuitable(String path) {
        return new InvalidTreeException(path, "empty name, \".\", \"..\" or a NUL in its path");
    }

    /// Puts the files that hard links mean in the links' places, and counts the names of all files.
    ///
    /// @throws InvalidTreeException if one leads nowhere, to a directory or to itself
    void resolve() throws InvalidTreeException {
        for (Place link : links) {
            TreeNode node = link.parent.children.get(link.name);
            if (node != null && node.entry instanceof HardLink hardLink) {
                link.parent.children.put(link.name, target(hardLink));
            }
        }
        for (TreeNode directory : directories()) {
            directory.children.values().forEach(child -> child.names++);
        }
    }

    private TreeNode target(HardLink link) throws InvalidTreeException {
        String path = link.target();
        for (int i = 0; i <= links.size(); i++) {
            Optional<TreeNode> node = find(path);
            if (node.isEmpty() || node.get().isDirectory()) {
                throw new InvalidTreeException(
                        link.path(),
                        "hard link to " + ByteStrings.printable(link.target()) + ", which is "
                                + (node.isEmpty() ? "not there" : "a directory"));
            }
            if (!(node.get().entry instanceof HardLink next)) {
                return node.get();
            }
            path = next.target();
        }
        throw new InvalidTreeException(link.path(), "hard link that leads back to itself");
    }

    private Optional<TreeNode> find(String path) {
        TreeNode at = root;
        for (String name : path.split("/", -1)) {
            TreeNode child = at.children.get(name);
            if (child == null) {
                return Optional.empty();
            }
            at = child;
        }
        return Optional.of(at);
    }

    /// All directories, each before the one it is in.
    List<TreeNode> directories() {
        List<TreeNode> all = new ArrayList<>();
        Deque<TreeNode> left = new ArrayDeque<>(List.of(root));
        while (!left.isEmpty()) {
            TreeNode directory = left.removeLast();
            all.add(directory);
            for (Map.Entry<String, TreeNode> child : directory.children.entrySet()) {
                if (child.getValue().isDirectory()) {
                    left.addLast(child.getValue());
                }
            }
        }
        Collections.reverse(all);
        return all;
    }
}
