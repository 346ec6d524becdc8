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
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A directory of the host as a stream of entries: its files, whatever the bytes of their names, with their owners,
/// holes, hard links, device numbers and extended attributes.
///
/// Each directory's files come together, in the order of their names, then its directories one by one. Of extended
/// attributes only those are given that SquashFS has room for: access control lists (`system.*`) are not. File systems
/// mounted below are gone into.
///
/// Reading goes on while the files are packed, so the directory should not change meanwhile. Files that grow are cut,
/// files that shrink are an error.
public final class DirectorySource implements EntrySource {
    private static final int TYPE_MASK = 0170000;

    private final HostFilesPool pool;
    private final HostFiles files;
    private final int root;
    private final Predicate<String> isWanted;
    private final Map<FileId, String> linked = new HashMap<>();
    private final Deque<String> directories = new ArrayDeque<>();
    private final Deque<Entry> entries = new ArrayDeque<>();

    private DirectorySource(HostFilesPool pool, HostFiles files, int root, Predicate<String> isWanted) {
        this.pool = pool;
        this.files = files;
        this.root = root;
        this.isWanted = isWanted;
    }

    /// All of a directory.
    ///
    /// @throws IOException if it cannot be opened
    public static DirectorySource open(Path directory) throws IOException {
        return open(directory, path -> true);
    }

    /// What of a directory is wanted.
    ///
    /// @param isWanted asked for each path, a byte string; what is below a directory that is not wanted is not even
    ///     looked at
    /// @throws IOException if it cannot be opened
    public static DirectorySource open(Path directory, Predicate<String> isWanted) throws IOException {
        requireNonNull(isWanted);
        var pool = new HostFilesPool();
        try {
            HostFiles files = pool.acquire();
            int root = files.openRoot(ByteStrings.of(directory));
            var source = new DirectorySource(pool, files, root, isWanted);
            source.entries.add(new Entry.Directory("", source.metadata(root, "", files.status(root, "", ""), "")));
            source.directories.add("");
            return source;
        } catch (IOException e) {
            pool.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> next() throws IOException {
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
            for (String name : names) {
                String childPath = path.isEmpty() ? name : path + "/" + name;
                if (isWanted.test(childPath)) {
                    Entry entry = entry(directory, name, childPath);
                    (entry instanceof Entry.Directory ? below : entries).add(entry);
                }
            }
            entries.addAll(below);
            below.reversed().forEach(entry -> directories.addLast(entry.path()));
        } finally {
            files.closeFile(directory);
        }
    }

    private Entry entry(int directory, String name, String path) throws IOException {
        Status status = files.status(directory, name, path);
        int type = status.mode() & TYPE_MASK;
        if (type != InodeType.DIRECTORY.modeBits() && status.links() > 1) {
            String first = linked.putIfAbsent(status.id(), path);
            if (first != null) {
                return new Entry.HardLink(path, first);
            }
        }
        Metadata metadata = metadata(directory, name, status, path);
        return switch (type(type, path)) {
            case DIRECTORY -> new Entry.Directory(path, metadata);
            case FILE ->
                new Entry.RegularFile(path, metadata, status.size(), new HostContent(pool, root, path, status));
            case SYMLINK -> new Entry.Symlink(path, metadata, files.target(directory, name, path));
            case BLOCK_DEVICE -> new Entry.BlockDevice(path, metadata, status.device());
            case CHARACTER_DEVICE -> new Entry.CharacterDevice(path, metadata, status.device());
            case FIFO -> new Entry.Fifo(path, metadata);
            case SOCKET -> new Entry.Socket(path, metadata);
        };
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
