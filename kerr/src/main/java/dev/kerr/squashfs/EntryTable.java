package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;

/// A table of entries of one size, found through a list of its metadata blocks: ids, fragments, extended
/// attributes.
///
/// Nothing is read before it is asked for, so a count that the file does not bear out costs nothing.
final class EntryTable {
    private static final int POINTER_SIZE = 8;

    private final MetadataBlocks blocks;
    private final Table table;
    private final long list;
    private final long count;
    private final int entrySize;
    private final byte[] pointer = new byte[POINTER_SIZE];
    private long pointerIndex = -1;

    /// @param table where its blocks may lie, and its name; the list of its blocks begins at its end
    /// @param count entries
    /// @param entrySize bytes of an entry, a divisor of 8192
    EntryTable(MetadataBlocks blocks, Table table, long count, int entrySize) {
        this.blocks = blocks;
        this.table = table;
        this.list = table.end();
        this.count = count;
        this.entrySize = entrySize;
    }

    /// Where the list of its blocks is.
    long start() {
        return list;
    }

    long count() {
        return count;
    }

    /// Refuses a list of blocks that runs over `end`, the end of the file system.
    EntryTable checked(long end) throws IOException {
        long perBlock = MetadataBlocks.BLOCK_SIZE / entrySize;
        long listed = (count + perBlock - 1) / perBlock;
        if (listed > (end - list) / POINTER_SIZE) {
            throw blocks.wrong(table.name() + " table has more entries than the file has room for", list);
        }
        return this;
    }

    /// A cursor at the first byte of entry `index`, which the caller has held against [#count].
    MetadataCursor entry(long index) throws IOException {
        int perBlock = MetadataBlocks.BLOCK_SIZE / entrySize;
        long block = index / perBlock;
        if (block != pointerIndex) {
            blocks.readPlain(list + block * POINTER_SIZE, pointer, table.name() + " table's list of blocks");
            pointerIndex = block;
        }
        long position = LittleEndian.i64(pointer, 0);
        return new MetadataCursor(blocks, table, new MetadataPosition(position, (int) (index % perBlock) * entrySize));
    }
}
