package dev.kerr.squashfs;

import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;

/// The blocks that hold the ends of many files. The one used last is kept, since neighbours share it.
final class Fragments {
    private static final int ENTRY_SIZE = 16;
    private static final int STORED = 1 << 24;
    private static final long NONE = -1;

    private final MetadataBlocks blocks;
    private final EntryTable entries;
    private final int blockSize;

    private long keptIndex = NONE;
    private byte[] kept = {};
    private int keptLength;

    Fragments(MetadataBlocks blocks, Superblock superblock) throws IOException {
        this.blocks = blocks;
        this.blockSize = superblock.blockSize();
        long count = superblock.fragmentCount();
        long list = count == 0 ? superblock.bytesUsed() : superblock.tables().fragment();
        var table = new Table("fragment", superblock.tables().directory(), list);
        this.entries = new EntryTable(blocks, table, count, ENTRY_SIZE).checked(superblock.bytesUsed());
    }

    int blockSize() {
        return blockSize;
    }

    /// Copies `length` bytes at `offset` of unpacked fragment `index`, which is less than the count, to the start
    /// of `into`.
    void copy(long index, int offset, byte[] into, int length) throws IOException {
        if (index != keptIndex) {
            load(index);
        }
        if (length > keptLength - offset) {
            throw blocks.wrong("end of a file lies outside fragment " + index, entries.start());
        }
        System.arraycopy(kept, offset, into, 0, length);
    }

    /// A block as it is packed.
    ///
    /// @param at its first byte in the file system
    /// @param size in bytes
    /// @param isStored whether its content is there as it is
    record Packed(long at, int size, boolean isStored) {}

    /// The block with this index, which is less than the count.
    Packed packed(long index) throws IOException {
        MetadataCursor entry = entries.entry(index);
        long position = entry.i64();
        int packedSize = entry.i32();
        int size = packedSize & ~STORED;
        if (size <= 0 || size > blockSize) {
            throw entry.wrong("fragment block of " + Integer.toUnsignedString(size) + " bytes");
        }
        return new Packed(position, size, (packedSize & STORED) != 0);
    }

    private void load(long index) throws IOException {
        Packed packed = packed(index);
        keptIndex = NONE;
        if (kept.length == 0) {
            kept = new byte[blockSize];
        }
        if (packed.isStored()) {
            blocks.readStored(packed.at(), packed.size(), kept);
            keptLength = packed.size();
        } else {
            keptLength = blocks.readPacked(packed.at(), packed.size(), kept);
        }
        keptIndex = index;
    }
}
