package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.layer.LayerIndex.IndexEntry;
import dev.kerr.layer.Node.Inode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The tree that layers make one over the other.
///
/// Entries do what they would do if they were unpacked one after the other below a root that nothing leads out of:
/// links in the paths of directories are followed, the last name never is. Whiteouts hide what is of lower layers,
/// wherever in their layer they stand. What is in the way of a file goes, unless both are directories. A hard link
/// stands for the file that its target names at that moment, in whatever layer that is.
///
/// **Source:** OCI image specification, `layer.md`; umoci `oci/layer/tar_extract.go`, which this agrees with; Linux
/// `path_resolution(7)`.
final class MergedTree {
    /// As in Linux (`MAXSYMLINKS`).
    private static final int MOST_LINKS = 40;

    private final Node root = new Node(new Inode.Directory(0, 0, true));
    private final long mostNames;
    private long names;

    private int layer;
    private String layerName = "";

    /// The last directory that an entry was put into, since most entries are where the one before was. New names do not
    /// change where a path leads; when one goes or becomes another, this is forgotten.
    private Node lastDirectory = root;

    private String lastPath = "";

    /// What was taken out by the layer that was laid last, if that is kept.
    private final List<Node> removed = new ArrayList<>();

    private final boolean keepsRemoved;

    /// @param mostNames that may be made
    MergedTree(long mostNames) {
        this(mostNames, false);
    }

    /// @param keepsRemoved whether it is kept what layers take out
    MergedTree(long mostNames, boolean keepsRemoved) {
        this.mostNames = mostNames;
        this.keepsRemoved = keepsRemoved;
    }

    /// The names that the layer that was laid last took out of the tree or replaced, whole directories as one.
    List<Node> removed() {
        return List.copyOf(removed);
    }

    private void keep(Node node) {
        if (keepsRemoved) {
            removed.add(node);
        }
    }

    Node root() {
        return root;
    }

    /// Lays a layer over those that came before.
    ///
    /// @param number of the layer, one more than that before
    /// @param called what messages call it
    /// @throws LayerException if an entry cannot be where it says
    void add(int number, String called, LayerIndex index) throws LayerException {
        layer = number;
        layerName = called;
        removed.clear();
        LayerIndex.Cursor cursor = index.cursor();
        while (cursor.hasNext()) {
            add(cursor.next());
        }
    }

    /// Adds what the layers that came before have nothing for; what they have stays as it is.
    void fillGaps(int number, String called, LayerIndex index) throws LayerException {
        layer = number;
        layerName = called;
        LayerIndex.Cursor cursor = index.cursor();
        while (cursor.hasNext()) {
            IndexEntry entry = cursor.next();
            Optional<Node> parent = find(entry, EntryPath.parent(entry.path()));
            if (parent.isPresent() && !parent.get().children.containsKey(EntryPath.name(entry.path()))) {
                add(entry);
            }
        }
    }

    private void add(IndexEntry entry) throws LayerException {
        switch (entry.kind()) {
            case DIRECTORY -> addDirectory(entry);
            case FILE, SPECIAL -> replace(entry, new Inode.Leaf(layer, entry.number(), entry.size()));
            case SYMLINK -> replace(entry, new Inode.Symlink(layer, entry.number(), entry.target()));
            case HARD_LINK -> link(entry);
            case WHITEOUT -> hide(entry);
            case OPAQUE ->
                find(entry, entry.path())
                        .ifPresent(directory -> hideContents(new ArrayDeque<>(List.of(directory)), entry));
            case IGNORED -> {}
        }
    }

    private void addDirectory(IndexEntry entry) throws LayerException {
        var inode = new Inode.Directory(layer, entry.number(), false);
        if (entry.path().isEmpty()) {
            root.inode = inode;
            return;
        }
        Node parent = make(entry, EntryPath.parent(entry.path()));
        String name = EntryPath.name(entry.path());
        Node present = parent.children.get(name);
        if (present != null && present.isDirectory()) {
            present.inode = inode;
            touch(present);
        } else {
            put(entry, parent, name, inode);
        }
    }

    private void replace(IndexEntry entry, Inode inode) throws LayerException {
        Node parent = make(entry, EntryPath.parent(entry.path()));
        put(entry, parent, EntryPath.name(entry.path()), inode);
    }

    private void link(IndexEntry entry) throws LayerException {
        Node parent = make(entry, EntryPath.parent(entry.path()));
        // Before the target is looked for, which is gone if it was there.
        Node present = parent.children.get(EntryPath.name(entry.path()));
        if (present != null) {
            remove(present);
        }
        Optional<Node> directory = find(entry, EntryPath.parent(entry.target()));
        Node target = directory.isEmpty() ? null : directory.get().children.get(EntryPath.name(entry.target()));
        if (target == null || target.isDirectory()) {
            throw wrong(
                    entry,
                    "hard link to " + ByteStrings.printable(entry.target()) + ", which is "
                            + (target == null ? "not there" : "a directory"));
        }
        put(entry, parent, EntryPath.name(entry.path()), target.inode);
    }

    /// Puts a new name in a directory, in place of what is there.
    private Node put(IndexEntry entry, Node parent, String name, Inode inode) throws LayerException {
        if (++names > mostNames) {
            throw wrong(entry, "layers have more than " + mostNames + " files and directories in all");
        }
        var node = new Node(parent, name, inode);
        node.touched = layer;
        Node replaced = parent.children.put(name, node);
        if (replaced != null) {
            keep(replaced);
            forget();
        }
        touch(parent);
        return node;
    }

    private void remove(Node node) {
        node.parent.children.remove(node.name);
        keep(node);
        forget();
    }

    private void forget() {
        lastDirectory = root;
        lastPath = "";
    }

    /// There is an entry for a name in this layer, and so for all directories that it is in.
    private void touch(Node node) {
        for (Node at = node; at.touched != layer; at = at.parent) {
            at.touched = layer;
        }
    }

    /// Hides what lower layers have of the file that a whiteout is for.
    private void hide(IndexEntry whiteout) throws LayerException {
        Optional<Node> parent = find(whiteout, EntryPath.parent(whiteout.path()));
        Node hidden = parent.isEmpty() ? null : parent.get().children.get(EntryPath.name(whiteout.path()));
        if (hidden == null) {
            return;
        }
        Deque<Node> left = new ArrayDeque<>();
        if (isHidden(hidden, whiteout, left)) {
            remove(hidden);
        }
        hideContents(left, whiteout);
    }

    /// Whether a whiteout hides all of a name: not if this layer has it, or something in it.
    ///
    /// @param left gets a directory of which there is something left
    private boolean isHidden(Node node, IndexEntry whiteout, Deque<Node> left) {
        if (node.touched != layer) {
            return true;
        }
        if (node.isDirectory()) {
            if (node.inode.layer() != layer) {
                node.inode = new Inode.Directory(layer, whiteout.number(), true);
            }
            left.addLast(node);
        }
        return false;
    }

    /// Hides what lower layers have in directories.
    private void hideContents(Deque<Node> directories, IndexEntry whiteout) {
        forget();
        // Not by recursion: paths may be as deep as they like.
        while (!directories.isEmpty()) {
            directories.removeLast().children.values().removeIf(child -> {
                boolean hidden = isHidden(child, whiteout, directories);
                if (hidden) {
                    keep(child);
                }
                return hidden;
            });
        }
    }

    /// The directory at `path`; empty if there is none.
    private Optional<Node> find(IndexEntry entry, String path) throws LayerException {
        var walk = new Walk(entry);
        walk.follow(path);
        return walk.missing.isEmpty() ? Optional.of(walk.at) : Optional.empty();
    }

    /// The directory at `path`; what is not there of it is made, and belongs to root.
    private Node make(IndexEntry entry, String path) throws LayerException {
        if (path.equals(lastPath)) {
            return lastDirectory;
        }
        var walk = new Walk(entry);
        walk.follow(path);
        Node at = walk.at;
        for (String name : walk.missing) {
            at = put(entry, at, name, new Inode.Directory(layer, entry.number(), true));
        }
        lastDirectory = at;
        lastPath = path;
        return at;
    }

    /// A path on its way.
    private final class Walk {
        private final IndexEntry entry;
        private Node at = root;
        /// What comes after that and is not there.
        private final List<String> missing = new ArrayList<>();

        private int links;

        Walk(IndexEntry entry) {
            this.entry = entry;
        }

        void follow(String path) throws LayerException {
            Deque<String> left = new ArrayDeque<>(List.of(path.split("/")));
            while (!left.isEmpty()) {
                String name = left.removeFirst();
                if (name.equals("..")) {
                    goUp();
                } else if (!name.isEmpty() && !name.equals(".")) {
                    goDown(name, left);
                }
            }
        }

        private void goUp() {
            if (missing.isEmpty()) {
                at = at.parent;
            } else {
                missing.removeLast();
            }
        }

        private void goDown(String name, Deque<String> left) throws LayerException {
            Node child = missing.isEmpty() ? at.children.get(name) : null;
            if (child == null) {
                missing.add(name);
                return;
            }
            switch (child.inode) {
                case Inode.Directory _ -> at = child;
                case Inode.Symlink link -> {
                    if (++links > MOST_LINKS) {
                        throw wrong(entry, "too many symbolic links in its path");
                    }
                    if (link.target().startsWith("/")) {
                        at = root;
                    }
                    for (String part : List.of(link.target().split("/")).reversed()) {
                        left.addFirst(part);
                    }
                }
                // It gives way to a directory, if one is made.
                case Inode.Leaf _ -> missing.add(name);
            }
        }
    }

    private LayerException wrong(IndexEntry entry, String problem) {
        return new LayerException(layerName, entry.path(), problem);
    }
}
