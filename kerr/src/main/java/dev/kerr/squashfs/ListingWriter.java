package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Inode.Listing;
import dev.kerr.squashfs.Inode.MetadataPosition;
import java.util.Map;

/// Encodes the entries of directories.
///
/// Source: Linux `fs/squashfs/squashfs_fs.h`, `struct squashfs_dir_header` and following.
final class ListingWriter {
    /// A listing is said to be three bytes longer than it is: room for `.` and `..`, which are not stored.
    static final int UNSTORED_ENTRIES = 3;

    private static final int HEADER_SIZE = 12;
    private static final int ENTRY_SIZE = 8;
    private static final int MOST_UNDER_HEADER = 256;

    private final MetadataWriter directories;

    ListingWriter(MetadataWriter directories) {
        this.directories = directories;
    }

    /// An entry, ready to be written.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Name(byte[] name, TreeNode node) {
        int size() {
            return ENTRY_SIZE + name.length;
        }

        /// Whether its inode can be told from that of `first`, under whose header it would be.
        boolean fitsUnder(Name first) {
            long difference = node.number - first.node.number;
            return node.reference >>> 16 == first.node.reference >>> 16 && difference == (short) difference;
        }
    }

    /// Writes the entries of `directory`, whose inodes must have been written; its listing is known then.
    ///
    /// @return its index
    ListingIndex write(TreeNode directory) {
        long block = directories.blockStart();
        int offset = directories.offset();
        Name[] names = names(directory);
        var index = new ListingIndex();
        long position = 0;
        long indexed = 0;
        int at = 0;
        while (at < names.length) {
            if (position + HEADER_SIZE + names[at].size() - indexed > MetadataBlocks.BLOCK_SIZE) {
                index.add(position, directories.blockStart(), names[at].name);
                indexed = position;
            }
            int end = runEnd(names, at, position + HEADER_SIZE - indexed);
            position += writeRun(names, at, end);
            at = end;
        }
        directory.listing = new Listing(block, offset, position, index.count(), new MetadataPosition(0, 0));
        return index;
    }

    private static Name[] names(TreeNode directory) {
        Name[] names = new Name[directory.children.size()];
        int count = 0;
        for (Map.Entry<String, TreeNode> child : directory.children.entrySet()) {
            names[count++] = new Name(ByteStrings.bytes(child.getKey()), child.getValue());
        }
        return names;
    }

    /// The entry behind the last that goes under the same header as entry `at`.
    ///
    /// @param indexedBytes from the last place in the index to where that entry will be
    private static int runEnd(Name[] names, int at, long indexedBytes) {
        long bytes = indexedBytes + names[at].size();
        int end = at + 1;
        while (end < names.length && end - at < MOST_UNDER_HEADER && names[end].fitsUnder(names[at])) {
            bytes += names[end].size();
            if (bytes > MetadataBlocks.BLOCK_SIZE) {
                break;
            }
            end++;
        }
        return end;
    }

    /// @return the bytes written
    private long writeRun(Name[] names, int from, int to) {
        TreeNode first = names[from].node;
        directories.put32(to - from - 1);
        directories.put32(first.reference >>> 16);
        directories.put32(first.number);
        long bytes = HEADER_SIZE;
        for (int i = from; i < to; i++) {
            TreeNode node = names[i].node;
            directories.put16((int) (node.reference & 0xffff));
            directories.put16((int) (node.number - first.number));
            directories.put16(node.original().type().number());
            directories.put16(names[i].name.length - 1);
            directories.put(names[i].name);
            bytes += names[i].size();
        }
        return bytes;
    }
}
