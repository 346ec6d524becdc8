package dev.kerr.squashfs;

import java.util.ArrayList;
import java.util.List;

/// The index of a large directory: for about each 8 KiB of its listing where they are and which name comes first.
final class ListingIndex {
    /// Their number stands in 16 bits of the inode.
    private static final int MOST_ENTRIES = 0xffff;

    private final LongList positions = new LongList();
    private final LongList blocks = new LongList();
    private final List<byte[]> names = new ArrayList<>();

    /// @param position of the header, from the start of the listing
    /// @param block the metadata block that it is in, from the start of the directory table
    /// @param name of the first entry behind the header
    void add(long position, long block, byte[] name) {
        if (names.size() < MOST_ENTRIES) {
            positions.add(position);
            blocks.add(block);
            names.add(name);
        }
    }

    int count() {
        return names.size();
    }

    void writeTo(MetadataWriter inodes) {
        for (int i = 0; i < names.size(); i++) {
            inodes.put32(positions.get(i));
            inodes.put32(blocks.get(i));
            inodes.put32(names.get(i).length - 1);
            inodes.put(names.get(i));
        }
    }
}
