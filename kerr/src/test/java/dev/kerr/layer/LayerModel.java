package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Content;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What layers make, said as simply as can be: a map of whole paths, and a set of those that a layer has touched. It
/// refuses what [dev.kerr.layer.MergedTree] and umoci need not agree on.
final class LayerModel {
    private static final Attributes IMPLIED = new Attributes(0755, 0, 0, 0);

    private final SortedMap<String, Item> items = new TreeMap<>();
    private final Set<String> touched = new HashSet<>();
    private int layer;
    private int made;

    LayerModel() {
        items.put("", new Item(new Kind.Directory(), IMPLIED, "", 0, made++));
    }

    /// @param number the same for all names of a file
    record Item(Kind kind, Attributes attributes, String content, int layer, int number) {
        boolean isDirectory() {
            return kind instanceof Kind.Directory;
        }
    }

    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;
    }

    void beginLayer() {
        layer++;
        touched.clear();
    }

    List<String> paths() {
        return List.copyOf(items.keySet());
    }

    Item item(String path) {
        Item item = items.get(path);
        if (item == null) {
            throw new IllegalArgumentException(path);
        }
        return item;
    }

    /// Does what an entry does; nothing if it refuses it.
    void apply(TarEntry entry, String content) throws RefusedException {
        var itemsBefore = new TreeMap<>(items);
        var touchedBefore = Set.copyOf(touched);
        try {
            act(entry, content);
        } catch (RefusedException e) {
            items.clear();
            items.putAll(itemsBefore);
            touched.clear();
            touched.addAll(touchedBefore);
            throw e;
        }
    }

    private void act(TarEntry entry, String content) throws RefusedException {
        String path = entry.name().replaceAll("^\\.?/|/$", "");
        int slash = path.lastIndexOf('/');
        String directory = resolve(slash < 0 ? "" : path.substring(0, slash));
        String name = path.substring(slash + 1);
        if (name.equals(".wh..wh..opq")) {
            hide(directory, false);
        } else if (name.startsWith(".wh.")) {
            hide(join(directory, name.substring(4)), true);
        } else {
            makeDirectories(directory);
            put(join(directory, name), entry, content);
        }
    }

    private void put(String path, TarEntry entry, String content) throws RefusedException {
        Item present = items.get(path);
        boolean isDirectory = entry.kind() instanceof Kind.Directory;
        if (path.isEmpty() && !isDirectory) {
            throw new RefusedException();
        }
        var item = new Item(entry.kind(), entry.attributes(), content, layer, made++);
        if (entry.kind() instanceof Kind.HardLink(String target)) {
            item = items.get(target);
            if (item == null || item.isDirectory() || (target + "/").startsWith(path + "/")) {
                throw new RefusedException();
            }
        }
        if (present == null || !present.isDirectory() || !isDirectory) {
            items.keySet().removeIf(other -> (other + "/").startsWith(path + "/"));
        }
        items.put(path, item);
        touch(path);
    }

    private void touch(String path) {
        for (String at = path; touched.add(at) && !at.isEmpty(); ) {
            at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        }
    }

    private void makeDirectories(String directory) throws RefusedException {
        for (int end = directory.indexOf('/'); !directory.isEmpty(); end = directory.indexOf('/', end + 1)) {
            String path = end < 0 ? directory : directory.substring(0, end);
            Item item = items.computeIfAbsent(
                    path, made -> new Item(new Kind.Directory(), IMPLIED, "", layer, this.made++));
            if (!item.isDirectory()) {
                throw new RefusedException();
            }
            if (end < 0) {
                break;
            }
        }
    }

    private void hide(String path, boolean alsoItself) throws RefusedException {
        List<String> hidden = new ArrayList<>();
        for (var item : items.entrySet()) {
            String other = item.getKey();
            boolean isBelow = path.isEmpty() ? !other.isEmpty() : other.startsWith(path + "/");
            if (isBelow || alsoItself && other.equals(path)) {
                if (!touched.contains(other)) {
                    hidden.add(other);
                } else if (item.getValue().isDirectory() && item.getValue().layer != layer) {
                    throw new RefusedException();
                }
            }
        }
        items.keySet().removeAll(hidden);
    }

    private String resolve(String path) throws RefusedException {
        String at = "";
        int links = 0;
        Deque<String> left = new ArrayDeque<>(List.of(path.split("/")));
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
            } else if (!name.isEmpty() && !name.equals(".")) {
                Item item = items.get(join(at, name));
                if (item != null && item.kind instanceof Kind.Symlink(String target)) {
                    if (++links > 30) {
                        throw new RefusedException();
                    }
                    at = target.startsWith("/") ? "" : at;
                    List.of(target.split("/")).reversed().forEach(left::addFirst);
                } else {
                    at = join(at, name);
                }
            }
        }
        return at;
    }

    private static String join(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /// The tree as entries; hard links lead to the first name.
    EntrySource source() {
        List<Entry> entries = new ArrayList<>();
        Map<Integer, String> first = new HashMap<>();
        items.forEach((path, item) -> {
            String other = first.putIfAbsent(item.number, path);
            entries.add(
                    other == null
                            ? LayerEntries.original(
                                            path,
                                            new TarEntry(path, item.kind, item.attributes),
                                            Content.of(ByteStrings.bytes(item.content)))
                                    .orElseThrow()
                            : new Entry.HardLink(path, other));
        });
        return EntrySource.of(entries);
    }
}
