package dev.kerr.ext3;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;

/// The superblock, 1024 bytes at 1024, little-endian, as far as reading needs it.
///
/// |  at | bytes | field                  |   |  at | bytes | field                |
/// |----:|------:|------------------------|---|----:|------:|----------------------|
/// |   0 |     4 | inodes                 |   |  56 |     2 | magic `0xEF53`       |
/// |   4 |     4 | blocks                 |   |  76 |     4 | revision             |
/// |  20 |     4 | block of the first group |  |  88 |     2 | bytes of an inode   |
/// |  24 |     4 | log2 of KiB of a block |   |  96 |     4 | incompatible features |
/// |  40 |     4 | inodes in a group      |   |     |       |                      |
///
/// @param blockSize bytes
/// @param groupsBlock the block in which the table of groups begins
/// @param inodeSize bytes
record Ext3Superblock(long inodes, long blocks, int blockSize, long groupsBlock, long inodesPerGroup, int inodeSize) {
    private static final int AT = 1024;
    private static final int SIZE = 1024;
    private static final int MAGIC_AT = 56;
    private static final int MAGIC = 0xef53;
    private static final int INCOMPATIBLE_AT = 96;
    private static final int OLD_INODE_SIZE = 128;
    private static final int LARGEST_BLOCK = 64 << 10;

    /// Kinds of files in directories; groups of groups.
    private static final long READABLE = 0x2 | 0x200;

    private static final long NEEDS_RECOVERY = 0x4;

    /// Reads the superblock of the file system in a region.
    ///
    /// @throws FormatException if there is none, or it is of a file system that is not read
    static Ext3Superblock read(ByteRegion region) throws IOException {
        byte[] bytes = new byte[SIZE];
        region.read(AT, bytes, SIZE, "ext3 superblock");
        if (LittleEndian.u16(bytes, MAGIC_AT) != MAGIC) {
            throw wrong(region, "no ext3 file system", MAGIC_AT);
        }
        long features = LittleEndian.u32(bytes, INCOMPATIBLE_AT);
        if ((features & NEEDS_RECOVERY) != 0) {
            throw wrong(
                    region,
                    "the ext3 file system was not unmounted: its journal has yet to be replayed, as by a mount for "
                            + "writing",
                    INCOMPATIBLE_AT);
        }
        if ((features & ~READABLE) != 0) {
            throw wrong(
                    region,
                    "the file system has features that ext3 has not: 0x" + Long.toHexString(features & ~READABLE),
                    INCOMPATIBLE_AT);
        }
        long log = LittleEndian.u32(bytes, 24);
        int blockSize = log <= 6 ? 1024 << log : LARGEST_BLOCK + 1;
        int inodeSize = LittleEndian.u32(bytes, 76) == 0 ? OLD_INODE_SIZE : LittleEndian.u16(bytes, 88);
        long inodesPerGroup = LittleEndian.u32(bytes, 40);
        if (blockSize > LARGEST_BLOCK || inodesPerGroup == 0 || inodeSize < OLD_INODE_SIZE || inodeSize > blockSize) {
            throw wrong(region, "impossible sizes of blocks, groups or inodes in the ext3 superblock", 24);
        }
        return new Ext3Superblock(
                LittleEndian.u32(bytes, 0),
                LittleEndian.u32(bytes, 4),
                blockSize,
                LittleEndian.u32(bytes, 20) + 1,
                inodesPerGroup,
                inodeSize);
    }

    private static FormatException wrong(ByteRegion region, String problem, int at) {
        return new FormatException(problem, region.absolute(AT + at));
    }
}
