package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import dev.kerr.squashfs.Entry.Metadata;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// A SquashFS file system as a stream of entries: the files that are to go first, then each directory's together.
///
/// Holds the inodes of the whole tree, as the writer itself does. The size of the image bounds how many names there
/// are, but not tightly: a hostile image packs names far closer than memory holds them. So it is for commands that may
/// fail for want of memory, never for a launch; who needs bounded memory takes [TreeWalk].
///
/// Contents are not independent: the reader is used while the stream is.
public final class SquashfsSource implements EntrySource {
    private static final Comparator<Placed> BY_PLACE =
            Comparator.comparingInt(Placed::place).thenComparing(placed -> placed.entry.path());

    private final SquashfsReader reader;
    private final Deque<TreeWalk.Entry> first = new ArrayDeque<>();
    private final Deque<TreeWalk.Entry> left = new ArrayDeque<>();
    private final Map<Long, String> linked = new HashMap<>();
    private int group;

    /// As the other, all in the order of the walk.
    public SquashfsSource(SquashfsReader reader) throws IOException {
        this(reader, FileOrder.NONE);
    }

    /// Goes through the tree.
    ///
    /// @param reader stays the caller's, and open, while the source is used
    /// @param order which files come before all others
    /// @throws dev.kerr.bytes.FormatException if the file system is damaged
    public SquashfsSource(SquashfsReader reader, FileOrder order) throws IOException {
        this.reader = requireNonNull(reader);
        Map<String, List<TreeWalk.Entry>> byDirectory = new LinkedHashMap<>();
        TreeWalk walk = reader.walk(reader.root());
        for (var next = walk.next(); next.isPresent(); next = walk.next()) {
            TreeWalk.Entry entry = next.get();
            int slash = entry.path().lastIndexOf('/');
            boolean isDirectory = entry.inode() instanceof Inode.Directory;
            // A directory comes first in its own list, so that all are in the order of the walk.
            String key =
                    isDirectory ? entry.path() : slash < 0 ? "" : entry.path().substring(0, slash);
            byDirectory.computeIfAbsent(key, path -> new ArrayList<>()).add(entry);
        }
        List<Placed> placed = new ArrayList<>();
        for (List<TreeWalk.Entry> directory : byDirectory.values()) {
            for (TreeWalk.Entry entry : directory) {
                OptionalInt place =
                        entry.inode() instanceof Inode.RegularFile ? order.place(entry.path()) : OptionalInt.empty();
                if (place.isPresent()) {
                    placed.add(new Placed(place.getAsInt(), entry));
                } else {
                    left.add(entry);
                }
            }
        }
        placed.sort(BY_PLACE);
        placed.forEach(each -> first.add(each.entry));
    }

    /// A file that goes first.
    private record Placed(int place, TreeWalk.Entry entry) {}

    @Override
    public int group() {
        return group;
    }

    @Override
    public Optional<Entry> next() throws IOException {
        TreeWalk.Entry entry = first.pollFirst();
        if (entry == null) {
            group = 1;
            entry = left.pollFirst();
        }
        return entry == null ? Optional.empty() : Optional.of(entry(entry.path(), entry.inode()));
    }

    private Entry entry(String path, Inode inode) throws IOException {
        if (!(inode instanceof Inode.Directory) && inode.linkCount() > 1) {
            String first = linked.putIfAbsent(inode.attributes().number(), path);
            if (first != null) {
                return new Entry.HardLink(path, first);
            }
        }
        var attributes = inode.attributes();
        var metadata = new Metadata(
                attributes.permissions(),
                attributes.uid(),
                attributes.gid(),
                attributes.modifiedSeconds(),
                new TreeMap<>(reader.xattrs(inode)));
        return switch (inode) {
            case Inode.Directory _ -> new Entry.Directory(path, metadata);
            case Inode.RegularFile file ->
                new Entry.RegularFile(path, metadata, file.size(), () -> new Content.StreamReader(reader.open(file)));
            case Inode.Symlink link -> new Entry.Symlink(path, metadata, link.target());
            case Inode.BlockDevice device -> new Entry.BlockDevice(path, metadata, device.device());
            case Inode.CharacterDevice device -> new Entry.CharacterDevice(path, metadata, device.device());
            case Inode.Fifo _ -> new Entry.Fifo(path, metadata);
            case Inode.Socket _ -> new Entry.Socket(path, metadata);
        };
    }
}
