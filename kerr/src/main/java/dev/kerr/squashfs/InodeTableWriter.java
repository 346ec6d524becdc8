package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Inode.Listing;

/// Encodes inodes, each in the short form if that can hold it.
///
/// Source: Linux `fs/squashfs/squashfs_fs.h`, `struct squashfs_base_inode` and following.
final class InodeTableWriter {
    private static final long LARGEST_32 = 0xffff_ffffL;
    private static final int LARGEST_16 = 0xffff;

    private final MetadataWriter inodes;
    private final IdTableWriter ids;
    private final XattrTableWriter xattrs;

    InodeTableWriter(MetadataWriter inodes, IdTableWriter ids, XattrTableWriter xattrs) {
        this.inodes = inodes;
        this.ids = ids;
        this.xattrs = xattrs;
    }

    /// Writes the inode of `node`, whose number and whatever else is in it must be known; its reference is then too.
    ///
    /// @param parentNumber number of the directory it is in; of directories
    /// @param index of the listing; of directories
    void write(TreeNode node, long parentNumber, ListingIndex index) throws InvalidTreeException {
        Entry.Original entry = node.original();
        long xattr = xattrs.index(entry.metadata().xattrs());
        boolean extended = switch (entry) {
            case Entry.Directory _ -> !isShort(node.listing) || index.count() > 0;
            case Entry.RegularFile file -> node.names > 1 || !isShort(file.size(), node.placement);
            default -> false;
        };
        extended |= xattr != XattrTableWriter.NONE;
        node.reference = inodes.reference();
        begin(node, entry, extended);
        switch (entry) {
            case Entry.Directory _ -> directory(node, parentNumber, index, extended, xattr);
            case Entry.RegularFile file -> file(node, file.size(), extended, xattr);
            default -> other(node, entry, extended, xattr);
        }
    }

    private static boolean isShort(Listing listing) {
        return listing.size() + ListingWriter.UNSTORED_ENTRIES <= LARGEST_16;
    }

    private static boolean isShort(long size, Placement placement) {
        return size <= LARGEST_32 && placement.start() <= LARGEST_32 && placement.holeBytes() == 0;
    }

    private void begin(TreeNode node, Entry.Original entry, boolean extended) throws InvalidTreeException {
        Metadata metadata = entry.metadata();
        inodes.put16(entry.type().number() + (extended ? InodeType.EXTENDED : 0));
        inodes.put16(metadata.permissions());
        inodes.put16(ids.index(metadata.uid(), entry));
        inodes.put16(ids.index(metadata.gid(), entry));
        inodes.put32(Math.clamp(metadata.modifiedSeconds(), 0, LARGEST_32));
        inodes.put32(node.number);
    }

    private void directory(TreeNode node, long parentNumber, ListingIndex index, boolean extended, long xattr) {
        Listing listing = node.listing;
        long links = 2
                + node.children.values().stream().filter(TreeNode::isDirectory).count();
        long size = listing.size() + ListingWriter.UNSTORED_ENTRIES;
        if (!extended) {
            inodes.put32(listing.block());
            inodes.put32(links);
            inodes.put16((int) size);
            inodes.put16(listing.offset());
            inodes.put32(parentNumber);
            return;
        }
        inodes.put32(links);
        inodes.put32(size);
        inodes.put32(listing.block());
        inodes.put32(parentNumber);
        inodes.put16(index.count());
        inodes.put16(listing.offset());
        inodes.put32(xattr);
        index.writeTo(inodes);
    }

    private void file(TreeNode node, long size, boolean extended, long xattr) {
        Placement placement = node.placement;
        if (extended) {
            inodes.put64(placement.start());
            inodes.put64(size);
            inodes.put64(placement.holeBytes());
            inodes.put32(node.names);
            inodes.put32(placement.fragment());
            inodes.put32(placement.fragmentOffset());
            inodes.put32(xattr);
        } else {
            inodes.put32(placement.start());
            inodes.put32(placement.fragment());
            inodes.put32(placement.fragmentOffset());
            inodes.put32(size);
        }
        for (int blockSize : placement.blockSizes()) {
            inodes.put32(blockSize);
        }
    }

    private void other(TreeNode node, Entry.Original entry, boolean extended, long xattr) {
        inodes.put32(node.names);
        switch (entry) {
            case Entry.Symlink link -> {
                inodes.put32(link.target().length());
                inodes.put(ByteStrings.bytes(link.target()));
            }
            case Entry.BlockDevice device -> inodes.put32(device.device().encode());
            case Entry.CharacterDevice device -> inodes.put32(device.device().encode());
            case Entry.Fifo _, Entry.Socket _ -> {}
            case Entry.Directory _, Entry.RegularFile _ -> throw new IllegalStateException(entry.path());
        }
        if (extended) {
            inodes.put32(xattr);
        }
    }
}
