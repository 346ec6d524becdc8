package dev.kerr.squashfs;

import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.util.Arrays;

/// The user and group ids: inodes name them by their place here. Each is read when first asked for.
final class IdTable {
    private static final int ENTRY_SIZE = 4;
    private static final long UNREAD = -1;

    private final EntryTable entries;
    private final long[] known;

    IdTable(MetadataBlocks blocks, Superblock superblock) throws IOException {
        var table = new Table(
                "id", superblock.tables().directory(), superblock.tables().id());
        this.entries = new EntryTable(blocks, table, superblock.idCount(), ENTRY_SIZE).checked(superblock.bytesUsed());
        this.known = new long[superblock.idCount()];
        Arrays.fill(known, UNREAD);
    }

    /// The id at `index`, which the caller has held against the superblock's count.
    long id(int index) throws IOException {
        if (known[index] == UNREAD) {
            known[index] = entries.entry(index).u32();
        }
        return known[index];
    }
}
