package dev.kerr.squashfs;

/// Where the content of a file has been written.
///
/// @param start first byte of its first block, from the start of the file system; 0 without a block of its own
/// @param blockSizes packed sizes of its blocks, as they stand in the inode
/// @param holeBytes bytes in blocks that are holes
/// @param fragment the fragment block with its end, or [#NO_FRAGMENT]
/// @param fragmentOffset where in that block, unpacked
@SuppressWarnings("ArrayRecordComponent") // never compared
record Placement(long start, int[] blockSizes, long holeBytes, int fragment, int fragmentOffset) {
    /// Stands for no fragment.
    static final int NO_FRAGMENT = -1;

    /// Of a file without content.
    static final Placement EMPTY = new Placement(0, new int[0], 0, NO_FRAGMENT, 0);
}
