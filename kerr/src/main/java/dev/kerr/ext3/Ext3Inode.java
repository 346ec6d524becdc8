package dev.kerr.ext3;

import dev.kerr.bytes.LittleEndian;
import java.util.Objects;

/// A file as its inode describes it.
///
/// | at | bytes | field            |   |  at | bytes | field                          |
/// |---:|------:|------------------|---|----:|------:|--------------------------------|
/// |  0 |     2 | mode             |   |  40 |    60 | blocks, or a short link's target |
/// |  2 |     2 | owner, low       |   | 104 |     4 | block of extended attributes   |
/// |  4 |     4 | size, low        |   | 108 |     4 | size of a file, high           |
/// | 16 |     4 | modified, Unix s |   | 120 |     2 | owner, high                    |
/// | 24 |     2 | group, low       |   | 122 |     2 | group, high                    |
/// | 26 |     2 | links            |   | 128 |     2 | bytes of what follows 128      |
/// | 28 |     4 | blocks of 512    |   |     |       |                                |
/// | 32 |     4 | flags            |   |     |       |                                |
///
/// @param number from 1
/// @param bytes all of it
@SuppressWarnings("ArrayRecordComponent") // never compared
record Ext3Inode(long number, byte[] bytes) {
    static final int REGULAR = 0100000;
    static final int DIRECTORY = 0040000;
    static final int SYMLINK = 0120000;
    static final int CHARACTER_DEVICE = 0020000;
    static final int BLOCK_DEVICE = 0060000;
    static final int FIFO = 0010000;
    static final int SOCKET = 0140000;

    /// Of the fields that hold block numbers.
    static final int BLOCKS_AT = 40;

    static final int BLOCKS_SIZE = 60;
    static final int OLD_SIZE = 128;

    private static final int TYPE_MASK = 0170000;

    Ext3Inode {
        Objects.requireNonNull(bytes);
    }

    int type() {
        return LittleEndian.u16(bytes, 0) & TYPE_MASK;
    }

    int permissions() {
        return LittleEndian.u16(bytes, 0) & 07777;
    }

    long uid() {
        return LittleEndian.u16(bytes, 2) | (long) LittleEndian.u16(bytes, 120) << 16;
    }

    long gid() {
        return LittleEndian.u16(bytes, 24) | (long) LittleEndian.u16(bytes, 122) << 16;
    }

    /// Bytes; may be negative in a damaged file system.
    long size() {
        long high = type() == REGULAR ? LittleEndian.u32(bytes, 108) : 0;
        return LittleEndian.u32(bytes, 4) | high << 32;
    }

    long modifiedSeconds() {
        return LittleEndian.i32(bytes, 16);
    }

    int links() {
        return LittleEndian.u16(bytes, 26);
    }

    /// Blocks of 512 bytes that it takes, those of its extended attributes among them.
    long sectors() {
        return LittleEndian.u32(bytes, 28);
    }

    /// The block with extended attributes; 0 for none.
    long xattrBlock() {
        return LittleEndian.u32(bytes, 104);
    }

    /// One of the fifteen block numbers.
    long block(int index) {
        return LittleEndian.u32(bytes, BLOCKS_AT + 4 * index);
    }

    /// Where extended attributes in the inode begin; behind its end for none.
    int xattrsAt() {
        return bytes.length > OLD_SIZE + 1 ? OLD_SIZE + LittleEndian.u16(bytes, OLD_SIZE) : bytes.length;
    }
}
