package dev.kerr.ext3;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.ContentReader;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Inode.DeviceNumber;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A directory of an ext3 file system as a stream of entries, that directory being the root: each directory's files in
/// the order of their names, then its directories.
///
/// Owners are as the file system has them. Extended attributes other than `user.`, `trusted.` and `security.` are not
/// given, for which no SquashFS has room.
public final class Ext3Source implements EntrySource {
    private static final int LONGEST_PATH = 4095;

    private final Ext3Reader reader;
    private final Deque<Named> directories = new ArrayDeque<>();
    private final Deque<Named> files = new ArrayDeque<>();
    private final Map<Long, String> linked = new HashMap<>();
    private final Set<Long> met = new HashSet<>();

    private Ext3Source(Ext3Reader reader) {
        this.reader = reader;
    }

    private record Named(String path, Ext3Inode inode) {}

    /// Goes through a directory in the root of the file system; empty if there is none of that name.
    ///
    /// @param reader is used as long as this is
    public static Optional<Ext3Source> of(Ext3Reader reader, String directory) throws IOException {
        Long number = reader.list(reader.root()).get(directory);
        if (number == null) {
            return Optional.empty();
        }
        Ext3Inode inode = reader.inode(number);
        if (inode.type() != Ext3Inode.DIRECTORY) {
            return Optional.empty();
        }
        var source = new Ext3Source(reader);
        source.met.add(number);
        source.files.add(new Named("", inode));
        source.directories.add(new Named("", inode));
        return Optional.of(source);
    }

    @Override
    public Optional<Entry> next() throws IOException {
        while (files.isEmpty() && !directories.isEmpty()) {
            list(directories.removeLast());
        }
        Named file = files.pollFirst();
        return file == null ? Optional.empty() : Optional.of(entry(file));
    }

    private void list(Named directory) throws IOException {
        Deque<Named> below = new ArrayDeque<>();
        for (var child : reader.list(directory.inode).entrySet()) {
            String path = directory.path.isEmpty() ? child.getKey() : directory.path + "/" + child.getKey();
            if (path.length() > LONGEST_PATH) {
                throw reader.wrong("path longer than " + LONGEST_PATH + " bytes");
            }
            var named = new Named(path, reader.inode(child.getValue()));
            if (named.inode.type() == Ext3Inode.DIRECTORY) {
                if (!met.add(child.getValue())) {
                    throw reader.wrong("directory reached a second time");
                }
                below.addFirst(named);
            } else {
                files.addLast(named);
            }
        }
        below.descendingIterator().forEachRemaining(files::addLast);
        below.forEach(directories::addLast);
    }

    private Entry entry(Named file) throws IOException {
        Ext3Inode inode = file.inode;
        if (inode.type() != Ext3Inode.DIRECTORY && inode.links() > 1) {
            String first = linked.putIfAbsent(inode.number(), file.path);
            if (first != null) {
                return new Entry.HardLink(file.path, first);
            }
        }
        var metadata = new Metadata(
                inode.permissions(),
                inode.uid(),
                inode.gid(),
                inode.modifiedSeconds(),
                new TreeMap<>(reader.xattrs(inode)));
        return switch (inode.type()) {
            case Ext3Inode.DIRECTORY -> new Entry.Directory(file.path, metadata);
            case Ext3Inode.REGULAR -> {
                if (inode.size() < 0) {
                    throw reader.wrong("file of a negative size");
                }
                yield new Entry.RegularFile(file.path, metadata, inode.size(), () -> new FileContent(reader, inode));
            }
            case Ext3Inode.SYMLINK -> new Entry.Symlink(file.path, metadata, reader.target(inode));
            case Ext3Inode.CHARACTER_DEVICE -> new Entry.CharacterDevice(file.path, metadata, device(inode));
            case Ext3Inode.BLOCK_DEVICE -> new Entry.BlockDevice(file.path, metadata, device(inode));
            case Ext3Inode.FIFO -> new Entry.Fifo(file.path, metadata);
            case Ext3Inode.SOCKET -> new Entry.Socket(file.path, metadata);
            default -> throw reader.wrong("file of an unknown type");
        };
    }

    /// The number of a device: in the first block number in the old form, else in the second.
    ///
    /// **Source:** Linux `fs/ext4/inode.c`, `__ext4_iget`; `include/linux/kdev_t.h`.
    private static DeviceNumber device(Ext3Inode inode) {
        int old = LittleEndian.i32(inode.bytes(), Ext3Inode.BLOCKS_AT);
        if (old != 0) {
            return new DeviceNumber(old >> 8 & 0xff, old & 0xff);
        }
        int number = LittleEndian.i32(inode.bytes(), Ext3Inode.BLOCKS_AT + 4);
        return new DeviceNumber((number & 0xfff00) >>> 8, number & 0xff | number >>> 12 & 0xfff00);
    }

    /// The content of a file from its first byte on.
    private static final class FileContent implements ContentReader {
        private final Ext3Reader reader;
        private final Ext3Inode file;
        private long at;

        FileContent(Ext3Reader reader, Ext3Inode file) {
            this.reader = reader;
            this.file = file;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = reader.read(file, at, into, from, length);
            at += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public long skipZeros(long most, int unit) throws IOException {
            long skipped = 0;
            while (at % reader.blockSize() == 0
                    && most - skipped >= reader.blockSize()
                    && at + reader.blockSize() <= file.size()
                    && reader.isHole(file, at)) {
                at += reader.blockSize();
                skipped += reader.blockSize();
            }
            long over = skipped == most ? 0 : skipped % unit;
            at -= over;
            return skipped - over;
        }

        @Override
        public void close() {}
    }
}
