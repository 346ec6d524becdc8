package dev.kerr.ext3;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Extended attributes of files: some in the inode, others in a block of their own. Each place begins with the magic
/// and
/// has a list of entries that ends with four zeros; values lie somewhere behind.
///
/// | at | bytes | field of an entry       |
/// |---:|------:|-------------------------|
/// |  0 |     1 | bytes of the name       |
/// |  1 |     1 | prefix of the name      |
/// |  2 |     2 | place of the value      |
/// |  4 |     4 | inode of the value, 0   |
/// |  8 |     4 | bytes of the value      |
/// | 12 |     4 | hash                    |
/// | 16 |       | name, padded to four    |
///
/// **Source:** Linux `fs/ext4/xattr.h`.
final class Ext3Xattrs {
    private static final long MAGIC = 0xea02_0000L;
    private static final int ENTRY_SIZE = 16;
    private static final int BLOCK_HEADER = 32;
    private static final int INODE_HEADER = 4;

    /// Those of access control lists are left out: their values have a form of their own here.
    private static final Map<Integer, String> PREFIXES = Map.of(1, "user.", 4, "trusted.", 6, "security.");

    private final ByteRegion region;
    private final Ext3Superblock superblock;

    Ext3Xattrs(ByteRegion region, Ext3Superblock superblock) {
        this.region = region;
        this.superblock = superblock;
    }

    SortedMap<String, byte[]> of(Ext3Inode inode) throws IOException {
        SortedMap<String, byte[]> all = new TreeMap<>();
        int at = inode.xattrsAt();
        byte[] bytes = inode.bytes();
        if (at + INODE_HEADER <= bytes.length && LittleEndian.u32(bytes, at) == MAGIC) {
            add(bytes, at + INODE_HEADER, at + INODE_HEADER, all);
        }
        if (inode.xattrBlock() != 0) {
            if (inode.xattrBlock() >= superblock.blocks()) {
                throw wrong("no such block");
            }
            byte[] block = new byte[superblock.blockSize()];
            region.read(inode.xattrBlock() * block.length, block, block.length, "ext3 extended attributes");
            if (LittleEndian.u32(block, 0) != MAGIC) {
                throw wrong("no such attributes");
            }
            add(block, BLOCK_HEADER, 0, all);
        }
        return all;
    }

    /// @param at where the entries begin
    /// @param valuesFrom what the places of values are counted from
    private void add(byte[] bytes, int at, int valuesFrom, SortedMap<String, byte[]> all) throws FormatException {
        int entry = at;
        while (entry + 4 <= bytes.length && LittleEndian.u32(bytes, entry) != 0) {
            int nameLength = LittleEndian.u8(bytes, entry);
            int end = entry + ENTRY_SIZE + nameLength;
            if (end > bytes.length) {
                throw wrong("a name is cut short");
            }
            String prefix = PREFIXES.get(LittleEndian.u8(bytes, entry + 1));
            if (prefix != null && nameLength > 0) {
                String name = prefix + ByteStrings.of(bytes, entry + ENTRY_SIZE, nameLength);
                all.putIfAbsent(name, value(bytes, entry, valuesFrom));
            }
            entry = end + (4 - nameLength % 4) % 4;
        }
    }

    private byte[] value(byte[] bytes, int entry, int valuesFrom) throws FormatException {
        long from = (long) valuesFrom + LittleEndian.u16(bytes, entry + 2);
        long size = LittleEndian.u32(bytes, entry + 8);
        if (LittleEndian.u32(bytes, entry + 4) != 0 || from + size > bytes.length) {
            throw wrong("a value is elsewhere");
        }
        return Arrays.copyOfRange(bytes, (int) from, (int) (from + size));
    }

    private FormatException wrong(String problem) {
        return new FormatException("damaged ext3 file system: extended attributes: " + problem, region.offset());
    }
}
