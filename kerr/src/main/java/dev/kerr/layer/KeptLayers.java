package dev.kerr.layer;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Inode.DeviceNumber;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Layers, each as a tree of its own, such that an overlay mount of these trees shows what [Layers] makes of the
/// layers.
///
/// A tree has what its layer changed, where the merged tree has it, not where the layer says: paths may lead through
/// links of lower layers. Each directory on the way to a change is there with the attributes that it has after the
/// layer, because an overlay shows those of the topmost. What a layer takes away is a character device 0:0 by its name,
/// which every overlay takes for a whiteout. An opaque directory becomes a whiteout for each name that it hides: the
/// attribute that says "opaque" is another in mounts of ordinary users than in those of root.
///
/// **Source:** the kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"; OCI image
/// specification, `layer.md`.
public final class KeptLayers {
    private static final Metadata IMPLIED = new Metadata(0755, 0, 0, 0);

    /// As the kernel makes them.
    private static final Metadata WHITEOUT = new Metadata(0, 0, 0, 0);

    private final List<LayerBlob> blobs;
    private final List<Change> changes;
    private final List<Long> checksums;
    private final Map<String, Metadata> directories = new HashMap<>();
    private int next;

    private KeptLayers(List<LayerBlob> blobs, List<Change> changes, List<Long> checksums) {
        this.blobs = blobs;
        this.changes = changes;
        this.checksums = checksums;
    }

    /// What a layer does to the tree below it.
    ///
    /// @param names that come from entries, in their order, by the numbers of their layers: this one, and lower ones
    ///     whose files this one makes hard links to
    /// @param passed directories that no entry of it describes
    /// @param whiteouts paths
    private record Change(SortedMap<Integer, List<Node>> names, List<Node> passed, SortedSet<String> whiteouts) {
        Change() {
            this(new TreeMap<>(), new ArrayList<>(), new TreeSet<>());
        }
    }

    /// Reads layers and finds out what each of them changes.
    ///
    /// @param blobs the layers, the lowest first
    /// @throws LayerException if one cannot be used
    /// @throws IOException if one cannot be read
    public static KeptLayers of(List<LayerBlob> blobs, LayerSettings settings) throws IOException {
        var tree = new MergedTree(settings.mostEntries(), true);
        var changes = new ArrayList<Change>();
        List<Long> checksums = Layers.index(blobs, settings, tree, number -> changes.add(change(tree, number)));
        return new KeptLayers(List.copyOf(blobs), changes, checksums);
    }

    /// How many there are.
    public int count() {
        return changes.size();
    }

    /// The next layer, the lowest first; each is read to its end before the next is asked for.
    public EntrySource next() {
        int number = next++;
        Change change = changes.get(number);
        changes.set(number, new Change());
        List<Entry> first = new ArrayList<>();
        for (Node node : change.passed) {
            String path = node.path();
            boolean isNew = node.inode.layer() == number;
            first.add(new Entry.Directory(path, isNew ? IMPLIED : directories.getOrDefault(path, IMPLIED)));
        }
        for (String path : change.whiteouts) {
            first.add(new Entry.CharacterDevice(path, WHITEOUT, new DeviceNumber(0, 0)));
        }
        EntrySource all = EntrySource.of(first);
        for (var names : change.names.entrySet()) {
            int from = names.getKey();
            all = then(all, Layers.alone(blobs.get(from), checksums.get(from), names.getValue()));
        }
        return all.changed(entry -> {
            if (entry instanceof Entry.Directory directory) {
                directories.put(directory.path(), directory.metadata());
            }
            return Optional.of(entry);
        });
    }

    private static EntrySource then(EntrySource first, EntrySource second) {
        return new EntrySource() {
            @Override
            public Optional<Entry> next() throws IOException {
                Optional<Entry> entry = first.next();
                return entry.isPresent() ? entry : second.next();
            }

            @Override
            public void close() throws IOException {
                try (first;
                        second) {
                    return; // both are closed, whatever becomes of one
                }
            }
        };
    }

    private static Change change(MergedTree tree, int layer) {
        var change = new Change();
        for (Node removed : tree.removed()) {
            Optional<Node> parent = find(tree, removed.parent.path());
            if (parent.isPresent() && parent.get().isDirectory()) {
                hide(removed, parent.get(), change.whiteouts);
            }
        }
        var onTheWay = new HashSet<String>();
        for (String whiteout : change.whiteouts) {
            for (String path = whiteout; !path.isEmpty(); ) {
                path = EntryPath.parent(path);
                onTheWay.add(path);
            }
        }
        collect(tree.root(), layer, onTheWay, change);
        change.names.values().forEach(names -> names.sort(Survivors.ORDER));
        return change;
    }

    /// Adds whiteouts for what was there by the name of a node, as far as it would be seen.
    ///
    /// @param parent the directory where it was
    private static void hide(Node removed, Node parent, SortedSet<String> whiteouts) {
        Node now = parent.children.get(removed.name);
        if (now == null) {
            String path = parent.path();
            whiteouts.add(path.isEmpty() ? removed.name : path + "/" + removed.name);
        } else if (now.isDirectory() && removed.isDirectory() && now != removed) {
            removed.children.values().forEach(child -> hide(child, now, whiteouts));
        }
    }

    private static Optional<Node> find(MergedTree tree, String path) {
        Node at = tree.root();
        for (String name : path.split("/")) {
            if (!name.isEmpty()) {
                Node child = at.children.get(name);
                if (child == null) {
                    return Optional.empty();
                }
                at = child;
            }
        }
        return Optional.of(at);
    }

    /// Collects what a layer has touched, as it is now.
    private static void collect(Node root, int layer, Set<String> onTheWay, Change change) {
        var left = new ArrayList<Node>(List.of(root));
        while (!left.isEmpty()) {
            Node at = left.removeLast();
            if (at != root && at.touched != layer && !(at.isDirectory() && onTheWay.contains(at.path()))) {
                continue;
            }
            Node now = at == root ? new Node(at.inode) : new Node(at.parent, at.name, at.inode); // which stays so
            int from = at.inode.layer();
            if (at.isDirectory() && (from != layer || Survivors.isImplied(at))) {
                change.passed.add(now);
            } else {
                change.names.computeIfAbsent(from, _ -> new ArrayList<>()).add(now);
            }
            left.addAll(at.children.values());
        }
    }
}
