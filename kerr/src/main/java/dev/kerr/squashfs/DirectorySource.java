package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.HostFiles.FileId;
import dev.kerr.squashfs.HostFiles.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A directory of the host as a stream of entries: its files, whatever the bytes of their names, with their owners,
/// holes, hard links, device numbers and extended attributes.
///
/// Files that are to go first come first: only directories in which they may be are gone through for them, so the
/// packing of others hardly waits. Then each directory's files come together, in the order of their names, then its
/// directories one by one. Of extended
/// attributes only those are given that SquashFS has room for: access control lists (`system.*`) are not. File systems
/// mounted below are gone into, unless [Mounts] says otherwise.
///
/// Reading goes on while the files are packed, so the directory should not change meanwhile. Files that grow are cut,
/// files that shrink are an error.
public final class DirectorySource implements EntrySource {
    private static final int TYPE_MASK = 0170000;

    private static final Comparator<Placed> BY_PLACE =
            Comparator.comparingInt(Placed::place).thenComparing(Placed::path);

    private final HostFilesPool pool;
    private final HostFiles files;
    private final int root;
    private final Predicate<String> isWanted;
    private final Mounts mounts;
    private final FileId rootId;
    private final Map<FileId, String> linked = new HashMap<>();
    private final Deque<String> directories = new ArrayDeque<>();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Deque<Entry> first = new ArrayDeque<>();
    private final Set<String> given = new HashSet<>();
    private int group;

    private DirectorySource(HostFilesPool pool, HostFiles files, int root, Predicate<String> isWanted, Mounts mounts)
            throws IOException {
        this.pool = pool;
        this.files = files;
        this.root = root;
        this.isWanted = isWanted;
        this.mounts = mounts;
        Status status = files.status(root, "", "");
        this.rootId = status.id();
        entries.add(new Entry.Directory("", metadata(root, "", status, "")));
        directories.add("");
    }

    /// What becomes of a file system that is mounted below the directory.
    public enum Mounts {
        /// Its files are given.
        ENTERED,
        /// Its root is given, as an empty directory.
        LEFT_EMPTY
    }

    /// All of a directory.
    ///
    /// @throws IOException if it cannot be opened
    public static DirectorySource open(Path directory) throws IOException {
        return open(directory, path -> true);
    }

    /// All of a directory, some files first.
    ///
    /// @throws IOException if it cannot be opened, or a file that goes first not be looked at
    public static DirectorySource open(Path directory, FileOrder order) throws IOException {
        return open(directory, order, path -> true, Mounts.ENTERED);
    }

    /// What of a directory is wanted, some files first.
    ///
    /// @param isWanted asked for each path, a byte string; what is below a directory that is not wanted is not even
    ///     looked at
    /// @throws IOException if it cannot be opened, or a file that goes first not be looked at
    public static DirectorySource open(Path directory, FileOrder order, Predicate<String> isWanted, Mounts mounts)
            throws IOException {
        DirectorySource source = open(directory, isWanted, mounts);
        try {
            source.findFirst(order);
            return source;
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    /// What of a directory is wanted.
    ///
    /// @param isWanted asked for each path, a byte string; what is below a directory that is not wanted is not even
    ///     looked at
    /// @throws IOException if it cannot be opened
    public static DirectorySource open(Path directory, Predicate<String> isWanted) throws IOException {
        return open(directory, isWanted, Mounts.ENTERED);
    }

    private static DirectorySource open(Path directory, Predicate<String> isWanted, Mounts mounts) throws IOException {
        requireNonNull(isWanted);
        var pool = new HostFilesPool();
        try {
            HostFiles files = pool.acquire();
            return new DirectorySource(pool, files, files.openRoot(ByteStrings.of(directory)), isWanted, mounts);
        } catch (IOException e) {
            pool.close();
            throw e;
        }
    }

    /// A regular file that goes first.
    private record Placed(int place, String path, Status status, Metadata metadata) {}

    private void findFirst(FileOrder order) throws IOException {
        List<Placed> found = new ArrayList<>();
        Deque<String> left = new ArrayDeque<>(List.of(""));
        while (!left.isEmpty()) {
            findFirst(left.removeLast(), order, left, found);
        }
        found.sort(BY_PLACE);
        for (Placed placed : found) {
            Optional<Entry> link = hardLink(placed.status, placed.path);
            first.add(link.isPresent() ? link.get() : file(placed.path, placed.metadata, placed.status));
            given.add(placed.path);
        }
    }

    /// Looks for files that go first in the directory at `path`.
    ///
    /// @param left is given the directories in which there may be others
    private void findFirst(String path, FileOrder order, Deque<String> left, List<Placed> found) throws IOException {
        int directory = files.openDirectory(root, path);
        try {
            for (String name : files.list(directory, path)) {
                String childPath = child(path, name);
                OptionalInt place = order.place(childPath);
                boolean mayBeBelow = order.mayBeBelow(childPath);
                if (place.isEmpty() && !mayBeBelow || !isWanted.test(childPath)) {
                    continue;
                }
                Status status = files.status(directory, name, childPath);
                int type = status.mode() & TYPE_MASK;
                if (type == InodeType.DIRECTORY.modeBits() && mayBeBelow && isEntered(status)) {
                    left.addLast(childPath);
                } else if (type == InodeType.FILE.modeBits() && place.isPresent()) {
                    Metadata metadata = metadata(directory, name, status, childPath);
                    found.add(new Placed(place.getAsInt(), childPath, status, metadata));
                }
            }
        } finally {
            files.closeFile(directory);
        }
    }

    private static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    @Override
    public int group() {
        return group;
    }

    @Override
    public Optional<Entry> next() throws IOException {
        Entry early = first.pollFirst();
        if (early != null) {
            return Optional.of(early);
        }
        group = 1;
        while (entries.isEmpty() && !directories.isEmpty()) {
            list(directories.removeLast());
        }
        return Optional.ofNullable(entries.pollFirst());
    }

    /// Makes entries of what is in the directory at `path`.
    private void list(String path) throws IOException {
        int directory = files.openDirectory(root, path);
        try {
            List<String> names = files.list(directory, path);
            Collections.sort(names);
            List<Entry> below = new ArrayList<>();
            List<String> entered = new ArrayList<>();
            for (String name : names) {
                String childPath = child(path, name);
                if (given.remove(childPath) || !isWanted.test(childPath)) {
                    continue;
                }
                Status status = files.status(directory, name, childPath);
                Entry entry = entry(directory, name, childPath, status);
                if (!(entry instanceof Entry.Directory)) {
                    entries.add(entry);
                    continue;
                }
                below.add(entry);
                if (isEntered(status)) {
                    entered.add(childPath);
                }
            }
            entries.addAll(below);
            entered.reversed().forEach(directories::addLast);
        } finally {
            files.closeFile(directory);
        }
    }

    private boolean isEntered(Status directory) {
        return mounts == Mounts.ENTERED
                || directory.id().deviceMajor() == rootId.deviceMajor()
                        && directory.id().deviceMinor() == rootId.deviceMinor();
    }

    private Entry entry(int directory, String name, String path, Status status) throws IOException {
        int type = status.mode() & TYPE_MASK;
        Optional<Entry> link = type == InodeType.DIRECTORY.modeBits() ? Optional.empty() : hardLink(status, path);
        if (link.isPresent()) {
            return link.get();
        }
        Metadata metadata = metadata(directory, name, status, path);
        return switch (type(type, path)) {
            case DIRECTORY -> new Entry.Directory(path, metadata);
            case FILE -> file(path, metadata, status);
            case SYMLINK -> new Entry.Symlink(path, metadata, files.target(directory, name, path));
            case BLOCK_DEVICE -> new Entry.BlockDevice(path, metadata, status.device());
            case CHARACTER_DEVICE -> new Entry.CharacterDevice(path, metadata, status.device());
            case FIFO -> new Entry.Fifo(path, metadata);
            case SOCKET -> new Entry.Socket(path, metadata);
        };
    }

    private Entry file(String path, Metadata metadata, Status status) {
        return new Entry.RegularFile(path, metadata, status.size(), new HostContent(pool, root, path, status));
    }

    /// The entry of a file that has been given under another name; empty if it has not.
    private Optional<Entry> hardLink(Status status, String path) {
        String other = status.links() > 1 ? linked.putIfAbsent(status.id(), path) : null;
        return other == null ? Optional.empty() : Optional.of(new Entry.HardLink(path, other));
    }

    private static InodeType type(int modeBits, String path) throws InvalidTreeException {
        for (InodeType type : InodeType.values()) {
            if (type.modeBits() == modeBits) {
                return type;
            }
        }
        throw new InvalidTreeException(path, "file of an unknown type");
    }

    private Metadata metadata(int directory, String name, Status status, String path) throws IOException {
        SortedMap<String, byte[]> xattrs = new TreeMap<>();
        for (String attribute : files.xattrNames(directory, name, path)) {
            if (Metadata.isStorable(attribute)) {
                files.xattr(directory, name, attribute, path).ifPresent(value -> xattrs.put(attribute, value));
            }
        }
        int permissions = status.mode() & 07777;
        if (xattrs.isEmpty()) {
            return new Metadata(permissions, status.uid(), status.gid(), status.modifiedSeconds());
        }
        return new Metadata(permissions, status.uid(), status.gid(), status.modifiedSeconds(), xattrs);
    }

    @Override
    public void close() {
        files.closeFile(root);
        pool.close();
    }
}
