package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.Inode.Listing;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Goes through the entries of a directory in their order, which is that of their names' bytes.
///
/// A listing is a run of headers, each with up to 256 entries whose inodes are in one metadata block. Names are
/// refused that could lead out of the directory (CVE-2020-15229) or that come twice or out of order
/// (CVE-2021-41072: a symbolic link first, then a directory of the same name).
final class DirectoryCursor {
    private static final int HEADER_SIZE = 12;
    private static final int MOST_UNDER_HEADER = 256;
    private static final int ENTRY_SIZE = 8;
    private static final int LONGEST_NAME = 256;

    private final MetadataCursor cursor;
    private long left;
    private int underHeader;
    private long block;

    private final byte[] fixed = new byte[HEADER_SIZE];
    private byte[] name = new byte[LONGEST_NAME];
    private int nameLength;
    private byte[] previous = new byte[LONGEST_NAME];
    private int previousLength;
    private InodeType type = InodeType.DIRECTORY;
    private long reference;
    /// The index's word for the first name, until that is read; empty without one.
    private byte[] first = {};

    /// @param left bytes of the listing from `cursor` to its end
    private DirectoryCursor(MetadataCursor cursor, long left) {
        this.cursor = cursor;
        this.left = left;
    }

    /// At the first entry of `listing`, which is not empty.
    static DirectoryCursor atStart(MetadataBlocks blocks, Table directories, Listing listing) throws IOException {
        var position = new MetadataPosition(directories.start() + listing.block(), listing.offset());
        return new DirectoryCursor(new MetadataCursor(blocks, directories, position), listing.size());
    }

    /// At an entry of `listing` from which `name` will be met, if it is there: the directory's index tells.
    static DirectoryCursor before(byte[] name, MetadataBlocks blocks, Tables tables, Listing listing)
            throws IOException {
        if (listing.indexEntries() == 0) {
            return atStart(blocks, tables.directories(), listing);
        }
        var index = new MetadataCursor(blocks, tables.inodes(), listing.index());
        byte[] first = new byte[LONGEST_NAME];
        byte[] from = new byte[LONGEST_NAME];
        int fromLength = 0;
        long skipped = 0;
        long block = listing.block();
        for (int i = 0; i < listing.indexEntries(); i++) {
            long at = index.u32();
            long start = index.u32();
            int length = indexedName(index, first);
            if (Arrays.compareUnsigned(first, 0, length, name, 0, name.length) > 0) {
                break;
            }
            if (at < skipped || at >= listing.size()) {
                throw index.wrong("directory index points outside its directory");
            }
            skipped = at;
            block = start;
            System.arraycopy(first, 0, from, 0, length);
            fromLength = length;
        }
        int offset = (int) ((listing.offset() + skipped) % MetadataBlocks.BLOCK_SIZE);
        var position = new MetadataPosition(tables.directories().start() + block, offset);
        var cursor = new MetadataCursor(blocks, tables.directories(), position);
        var directory = new DirectoryCursor(cursor, listing.size() - skipped);
        directory.first = Arrays.copyOf(from, fromLength);
        return directory;
    }

    /// The two tables that a lookup reads: the index of a directory is among the inodes.
    record Tables(Table inodes, Table directories) {}

    private static int indexedName(MetadataCursor index, byte[] into) throws IOException {
        long length = index.u32() + 1;
        if (length > LONGEST_NAME) {
            throw index.wrong("name of " + length + " bytes in a directory index");
        }
        index.read(into, (int) length);
        return (int) length;
    }

    /// Steps to the next entry.
    ///
    /// @return whether there was one
    boolean next() throws IOException {
        if (underHeader == 0) {
            if (left == 0) {
                return false;
            }
            readHeader();
        }
        readEntry();
        underHeader--;
        return true;
    }

    private void readHeader() throws IOException {
        take(HEADER_SIZE);
        cursor.read(fixed, HEADER_SIZE);
        long more = LittleEndian.u32(fixed, 0) + 1;
        if (more > MOST_UNDER_HEADER) {
            throw cursor.wrong("directory header with " + more + " entries");
        }
        underHeader = (int) more;
        block = LittleEndian.u32(fixed, 4);
    }

    private void readEntry() throws IOException {
        take(ENTRY_SIZE);
        cursor.read(fixed, ENTRY_SIZE);
        reference = block << 16 | LittleEndian.u16(fixed, 0);
        Optional<InodeType> known = InodeType.of(LittleEndian.u16(fixed, 4));
        if (known.isEmpty()) {
            throw cursor.wrong("unknown type in a directory entry");
        }
        type = known.get();
        int length = LittleEndian.u16(fixed, 6) + 1;
        if (length > LONGEST_NAME) {
            throw cursor.wrong("name of " + length + " bytes in a directory");
        }
        take(length);
        keepPrevious();
        cursor.read(name, length);
        nameLength = length;
        checkName();
    }

    /// The name read last becomes the previous one.
    private void keepPrevious() {
        if (nameLength > 0) {
            byte[] free = previous;
            previous = name;
            previousLength = nameLength;
            name = free;
        }
    }

    private void take(int bytes) throws IOException {
        if (left < bytes) {
            throw cursor.wrong("directory entry runs over the end of its directory");
        }
        left -= bytes;
    }

    private void checkName() throws IOException {
        for (int i = 0; i < nameLength; i++) {
            if (name[i] == '/' || name[i] == 0) {
                throw cursor.wrong("name with a slash or NUL in a directory");
            }
        }
        if (name[0] == '.' && (nameLength == 1 || nameLength == 2 && name[1] == '.')) {
            throw cursor.wrong("name . or .. in a directory");
        }
        if (previousLength > 0 && Arrays.compareUnsigned(previous, 0, previousLength, name, 0, nameLength) >= 0) {
            throw cursor.wrong("names of a directory are out of order or come twice");
        }
        if (first.length > 0) {
            if (compareName(first) < 0) {
                throw cursor.wrong("directory index does not fit its directory");
            }
            first = new byte[0];
        }
    }

    /// How the entry's name compares with `other`: below 0 before it, 0 the same, above 0 after it.
    int compareName(byte[] other) {
        return Arrays.compareUnsigned(name, 0, nameLength, other, 0, other.length);
    }

    /// The entry stepped to.
    DirectoryEntry entry() {
        return new DirectoryEntry(new String(name, 0, nameLength, StandardCharsets.ISO_8859_1), type, reference);
    }
}
