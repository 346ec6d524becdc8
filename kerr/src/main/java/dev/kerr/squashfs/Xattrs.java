package dev.kerr.squashfs;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The extended attributes: lists of names and values, which files name by their place in a table.
///
/// Source: Linux `fs/squashfs/xattr.c` and `xattr_id.c`.
final class Xattrs {
    private static final int HEADER_SIZE = 16;
    private static final int ENTRY_SIZE = 16;
    private static final int ELSEWHERE = 0x100;
    private static final int REFERENCE_SIZE = 8;
    static final String[] PREFIXES = {"user.", "trusted.", "security."};

    /// Linux gives a file at most 64 KiB of names (`XATTR_LIST_MAX`), and a value at most as much
    /// (`XATTR_SIZE_MAX`).
    private static final int MOST_NAME_BYTES = 64 * 1024;

    private static final int LONGEST_VALUE = 64 * 1024;

    /// Ours: a list may name one value over and over, so that memory would not be bounded by the file.
    private static final int MOST_VALUE_BYTES = 4 * 1024 * 1024;

    private final MetadataBlocks blocks;
    private final EntryTable entries;
    private final Table pairs;
    private final long count;

    /// Reads the header of the table, which the superblock has.
    Xattrs(MetadataBlocks blocks, Superblock superblock) throws IOException {
        this.blocks = blocks;
        long at = superblock.tables().xattr();
        byte[] header = new byte[HEADER_SIZE];
        blocks.readPlain(at, header, "extended attribute table");
        long start = LittleEndian.i64(header, 0);
        this.count = LittleEndian.u32(header, 8);
        if (start < superblock.tables().directory() || start > at) {
            throw blocks.wrong("extended attributes lie outside the file system", at);
        }
        this.pairs = new Table("extended attribute", start, at);
        var table = new Table("extended attribute id", start, at + HEADER_SIZE);
        this.entries = new EntryTable(blocks, table, count, ENTRY_SIZE).checked(superblock.bytesUsed());
    }

    /// How many different sets of attributes there are.
    long count() {
        return count;
    }

    /// The attributes at `index`, by their full names, in the order they are stored.
    SequencedMap<String, byte[]> read(long index) throws IOException {
        if (index >= count) {
            throw blocks.wrong("extended attributes " + index + " are not one of " + count, entries.start());
        }
        MetadataCursor entry = entries.entry(index);
        long reference = entry.i64();
        long number = entry.u32();
        MetadataCursor cursor = at(reference);
        SequencedMap<String, byte[]> all = new LinkedHashMap<>();
        int nameBytes = 0;
        int valueBytes = 0;
        for (long i = 0; i < number; i++) {
            int type = cursor.u16();
            String name = name(cursor, type);
            byte[] value = (type & ELSEWHERE) == 0 ? value(cursor) : valueElsewhere(cursor);
            nameBytes += name.length() + 1;
            valueBytes += value.length;
            if (nameBytes > MOST_NAME_BYTES || valueBytes > MOST_VALUE_BYTES) {
                throw cursor.wrong("a file has more extended attributes than Linux allows");
            }
            if (all.put(name, value) != null) {
                throw cursor.wrong("an extended attribute comes twice");
            }
        }
        return all;
    }

    private MetadataCursor at(long reference) throws IOException {
        long block = pairs.start() + (reference >>> 16);
        return new MetadataCursor(blocks, pairs, new MetadataPosition(block, (int) (reference & 0xffff)));
    }

    private static String name(MetadataCursor cursor, int type) throws IOException {
        int prefix = type & 0xff;
        int length = cursor.u16();
        if (prefix >= PREFIXES.length || (type & ~(0xff | ELSEWHERE)) != 0) {
            throw cursor.wrong("unknown type of an extended attribute");
        }
        if (length == 0 || length + PREFIXES[prefix].length() > 255) {
            throw cursor.wrong("name of an extended attribute has " + length + " bytes");
        }
        byte[] name = new byte[length];
        cursor.read(name, length);
        for (byte b : name) {
            if (b == 0) {
                throw cursor.wrong("name of an extended attribute holds a NUL");
            }
        }
        return PREFIXES[prefix].concat(new String(name, StandardCharsets.ISO_8859_1));
    }

    private byte[] valueElsewhere(MetadataCursor cursor) throws IOException {
        if (cursor.u32() != REFERENCE_SIZE) {
            throw cursor.wrong("bad reference to the value of an extended attribute");
        }
        return value(at(cursor.i64()));
    }

    private static byte[] value(MetadataCursor cursor) throws IOException {
        long length = cursor.u32();
        if (length > LONGEST_VALUE) {
            throw tooLong(cursor, length);
        }
        byte[] value = new byte[(int) length];
        cursor.read(value, value.length);
        return value;
    }

    private static FormatException tooLong(MetadataCursor cursor, long length) {
        return cursor.wrong("value of an extended attribute has " + length + " bytes");
    }
}
