package dev.kerr.squashfs;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.Inode.Directory;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.Inode.RegularFile;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/// Reads a SquashFS file system that lies in a file: its directories name by name, its files block by block.
///
/// Nothing is read before it is asked for. Not thread-safe, and streams of [#open] count as the reader itself;
/// several readers may share a channel. Every method throws [FormatException] where the file system is damaged,
/// and any other [IOException] where the file cannot be read.
///
/// Source: Linux `fs/squashfs`; layout in `docs/formats/squashfs.md`.
public final class SquashfsReader implements AutoCloseable {
    /// Entries of one directory that [#list] gives; [#walk] has no such bound.
    public static final int MOST_LISTED = 1 << 20;

    private final Superblock superblock;
    private final MetadataBlocks blocks;
    private final IdTable ids;
    private final Fragments fragments;
    private final DirectoryCursor.Tables tables;
    private Optional<Xattrs> xattrs = Optional.empty();

    private SquashfsReader(Superblock superblock, MetadataBlocks blocks) throws IOException {
        this.superblock = superblock;
        this.blocks = blocks;
        this.ids = new IdTable(blocks, superblock);
        this.fragments = new Fragments(blocks, superblock);
        var starts = superblock.tables();
        this.tables = new DirectoryCursor.Tables(
                new Table("inode", starts.inode(), starts.directory()),
                new Table("directory", starts.directory(), superblock.directoryTableEnd()));
    }

    /// Opens the file system in `size` bytes at `offset` of a file; it may be shorter than that, but not longer.
    ///
    /// @param channel stays the caller's, and open, while the reader is used
    /// @throws FormatException if there is no SquashFS 4.0, or one whose compression is not supported, or the
    ///     file is cut short
    public static SquashfsReader open(FileChannel channel, long offset, long size) throws IOException {
        var region = new ByteRegion(channel, offset, size);
        Superblock superblock = Superblock.read(region);
        var used = new ByteRegion(channel, offset, superblock.bytesUsed());
        return new SquashfsReader(superblock, new MetadataBlocks(used, superblock.compression()));
    }

    /// The superblock, checked.
    public Superblock superblock() {
        return superblock;
    }

    /// The root directory.
    public Directory root() throws IOException {
        if (inode(superblock.rootReference()) instanceof Directory directory) {
            return directory;
        }
        throw blocks.wrong("root of the file system is not a directory", Superblock.ROOT_AT);
    }

    /// The inode that `entry` stands for.
    ///
    /// @throws FormatException also if it is of another type than the directory says
    public Inode inode(DirectoryEntry entry) throws IOException {
        Inode inode = inode(entry.reference());
        if (inode.type() != entry.type()) {
            throw blocks.wrong(
                    "directory and inode name different types",
                    superblock.tables().inode());
        }
        return inode;
    }

    private Inode inode(long reference) throws IOException {
        long block = superblock.tables().inode() + (reference >>> 16);
        var position = new MetadataPosition(block, (int) (reference & 0xffff));
        return new InodeDecoder(superblock, ids, new MetadataCursor(blocks, tables.inodes(), position)).decode();
    }

    /// The file called `name` in `directory`; empty if there is none, and for `.` and `..`, which are not stored.
    ///
    /// Uses the directory's index where it has one.
    ///
    /// @param name a byte string
    public Optional<Inode> child(Directory directory, String name) throws IOException {
        Optional<DirectoryEntry> entry = entry(directory, name);
        return entry.isPresent() ? Optional.of(inode(entry.get())) : Optional.empty();
    }

    private Optional<DirectoryEntry> entry(Directory directory, String name) throws IOException {
        if (directory.listing().size() == 0 || !isByteString(name)) {
            return Optional.empty();
        }
        byte[] wanted = name.getBytes(StandardCharsets.ISO_8859_1);
        var cursor = DirectoryCursor.before(wanted, blocks, tables, directory.listing());
        while (cursor.next()) {
            int order = cursor.compareName(wanted);
            if (order == 0) {
                return Optional.of(cursor.entry());
            }
            if (order > 0) {
                break;
            }
        }
        return Optional.empty();
    }

    private static boolean isByteString(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    /// All entries of `directory`, in the order of their names' bytes, without `.` and `..`.
    ///
    /// @throws FormatException also if there are more than [#MOST_LISTED]
    public List<DirectoryEntry> list(Directory directory) throws IOException {
        List<DirectoryEntry> entries = new ArrayList<>();
        Optional<DirectoryCursor> cursor = entries(directory);
        while (cursor.isPresent() && cursor.get().next()) {
            if (entries.size() == MOST_LISTED) {
                throw blocks.wrong(
                        "directory with more than " + MOST_LISTED + " entries",
                        superblock.tables().directory());
            }
            entries.add(cursor.get().entry());
        }
        return Collections.unmodifiableList(entries);
    }

    /// A cursor before the first entry; empty for an empty directory.
    Optional<DirectoryCursor> entries(Directory directory) throws IOException {
        if (directory.listing().size() == 0) {
            return Optional.empty();
        }
        return Optional.of(DirectoryCursor.atStart(blocks, tables.directories(), directory.listing()));
    }

    /// A walk through `directory` and all below it.
    public TreeWalk walk(Directory directory) {
        return new TreeWalk(this, directory);
    }

    /// The content of `file`, whole.
    ///
    /// @param limitBytes the most that the caller will take
    /// @throws FormatException also if the file is larger
    public byte[] read(RegularFile file, int limitBytes) throws IOException {
        if (file.size() > limitBytes) {
            throw blocks.wrong(
                    "file of " + file.size() + " bytes where at most " + limitBytes + " are expected",
                    file.content().start());
        }
        byte[] content = new byte[(int) file.size()];
        try (InputStream in = open(file)) {
            int length = in.readNBytes(content, 0, content.length);
            if (length < content.length) {
                throw new IllegalStateException("stream ended early");
            }
        }
        return content;
    }

    /// The block with this index that ends of files share, as it is packed.
    Fragments.Packed fragment(long index) throws IOException {
        return fragments.packed(index);
    }

    /// A stream of the content of `file`: as many bytes as its size says, or a [FormatException]. It may be very
    /// long, since holes take no room in the image.
    ///
    /// The reader must stay open while it is read; closing it is not needed.
    public InputStream open(RegularFile file) throws IOException {
        return new FileContent(blocks, fragments, tables.inodes(), file);
    }

    /// As [#open], from byte `offset` on; nothing follows if that is the end of the file or behind it.
    ///
    /// Whole blocks before it are not unpacked, only their sizes are read: four bytes each.
    public InputStream openAt(RegularFile file, long offset) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("no such offset in a file: " + offset);
        }
        var content = new FileContent(blocks, fragments, tables.inodes(), file);
        content.skip(offset);
        return content;
    }

    /// How many bytes of `file` are no holes, so take room where it is unpacked. Only the sizes of its blocks are read.
    public long bytesWithoutHoles(RegularFile file) throws IOException {
        long blockSize = superblock().blockSize();
        MetadataCursor sizes = blockSizes(file);
        long left = file.size();
        long bytes = left;
        for (long i = 0; i < file.content().blockCount(); i++) {
            long block = Math.min(blockSize, left);
            if (sizes.i32() == 0) {
                bytes -= block;
            }
            left -= block;
        }
        return bytes;
    }

    /// The packed sizes of the blocks of `file`, as many as it has.
    MetadataCursor blockSizes(RegularFile file) throws IOException {
        return new MetadataCursor(blocks, tables.inodes(), file.content().blockSizes());
    }

    /// Reads a range of `file`, which costs what [#openAt] does: for many ranges one after the other, use that.
    ///
    /// @param offset first byte of the range
    /// @return the bytes read: `length`, or less where the file ends, as little as none
    public int read(RegularFile file, long offset, byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        try (InputStream in = openAt(file, offset)) {
            return in.readNBytes(into, from, length);
        }
    }

    /// The content of `file` from `place` on; blocks are unpacked to `buffer`, which has room for one.
    FileContent content(RegularFile file, FileContent.Place place, byte[] buffer) throws IOException {
        return new FileContent(blocks, fragments, tables.inodes(), file, place, buffer);
    }

    /// The extended attributes of `inode`: values by full names such as `security.capability`, which are byte
    /// strings, in the order they are stored; empty where there are none.
    public SequencedMap<String, byte[]> xattrs(Inode inode) throws IOException {
        var index = inode.attributes().xattrIndex();
        if (index.isEmpty()) {
            return new LinkedHashMap<>();
        }
        if (superblock.tables().xattr() == Superblock.Tables.ABSENT) {
            throw blocks.wrong("file with extended attributes, of which there are none", Superblock.XATTR_TABLE_AT);
        }
        return xattrs().read(index.getAsLong());
    }

    /// Whether any file may have an extended attribute of one of these names.
    public boolean hasXattr(List<String> names) throws IOException {
        if (superblock.tables().xattr() == Superblock.Tables.ABSENT) {
            return false;
        }
        for (long index = 0; index < xattrs().count(); index++) {
            for (String name : xattrs().read(index).keySet()) {
                if (names.contains(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Xattrs xattrs() throws IOException {
        if (xattrs.isEmpty()) {
            xattrs = Optional.of(new Xattrs(blocks, superblock));
        }
        return xattrs.get();
    }

    /// The most bytes that entries of all directories can have together: each block of them takes three bytes or
    /// more.
    long mostListingBytes() {
        Table directories = tables.directories();
        return (directories.end() - directories.start()) / 3 * MetadataBlocks.BLOCK_SIZE;
    }

    /// A complaint about the directories of the file system.
    FormatException wrongDirectory(String problem) {
        return blocks.wrong(problem, superblock.tables().directory());
    }

    /// Frees what unpacking holds; the channel stays open.
    @Override
    public void close() {
        blocks.close();
    }
}
