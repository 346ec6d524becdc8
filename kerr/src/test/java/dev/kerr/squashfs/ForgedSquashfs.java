package dev.kerr.squashfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes file systems that mksquashfs never would: one stored block of inodes, one of entries, and a superblock
/// in which any field can be overwritten. Inode 1, the first, is the root.
@SuppressWarnings("ByteBufferBackingArray") // all buffers are of littleEndian
final class ForgedSquashfs {
    static final long NONE = 0xffff_ffffL;

    private final ByteArrayOutputStream inodes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private byte[] inodeBlock = {};
    private byte[] entryBlock = {};
    private final ByteBuffer superblock = littleEndian(Superblock.SIZE);
    private final boolean[] set = new boolean[Superblock.SIZE];
    private byte[] xattrs = {};

    static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Overwrites a field of the superblock with the low `bytes` bytes of `value`.
    ForgedSquashfs set(int at, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            superblock.put(at + i, (byte) (value >>> 8 * i));
            set[at + i] = true;
        }
        return this;
    }

    /// Puts a packed metadata block, header and all, in place of the inodes or the entries.
    ForgedSquashfs inodeBlock(byte... block) {
        inodeBlock = block.clone();
        return this;
    }

    ForgedSquashfs entryBlock(byte... block) {
        entryBlock = block.clone();
        return this;
    }

    /// Puts `table` at the end, as the table of extended attributes.
    ForgedSquashfs xattrs(byte... table) {
        xattrs = table.clone();
        return this;
    }

    /// Where the next inode will be.
    int nextInode() {
        return inodes.size();
    }

    /// Where the next entry will be.
    int nextEntry() {
        return entries.size();
    }

    ForgedSquashfs inode(int type, long number, ByteBuffer rest) {
        return inode(type, 0, number, rest);
    }

    ForgedSquashfs inode(int type, int uidIndex, long number, ByteBuffer rest) {
        ByteBuffer start = littleEndian(16);
        start.putShort((short) type)
                .putShort((short) 0755)
                .putShort((short) uidIndex)
                .putShort((short) 0);
        start.putInt(0).putInt((int) number);
        inodes.writeBytes(start.array());
        inodes.write(rest.array(), 0, rest.position());
        return this;
    }

    ForgedSquashfs directory(long number, int offset, int listingBytes) {
        return inode(
                1,
                number,
                littleEndian(16)
                        .putInt(0)
                        .putInt(2)
                        .putShort((short) (listingBytes + 3))
                        .putShort((short) offset)
                        .putInt(1));
    }

    ForgedSquashfs file(long number, long start, long fragment, long fragmentOffset, long size, int... blocks) {
        ByteBuffer rest = littleEndian(16 + 4 * blocks.length);
        rest.putInt((int) start)
                .putInt((int) fragment)
                .putInt((int) fragmentOffset)
                .putInt((int) size);
        for (int block : blocks) {
            rest.putInt(block);
        }
        return inode(2, number, rest);
    }

    ForgedSquashfs symlink(long number, long length, byte... target) {
        return inode(
                3,
                number,
                littleEndian(8 + target.length).putInt(1).putInt((int) length).put(target));
    }

    /// A header for `count` entries whose inodes are in the first block.
    ForgedSquashfs header(long count) {
        entries.writeBytes(
                littleEndian(12).putInt((int) (count - 1)).putInt(0).putInt(1).array());
        return this;
    }

    ForgedSquashfs entry(String name, int inodeOffset, int type) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer entry = littleEndian(8 + bytes.length);
        entry.putShort((short) inodeOffset).putShort((short) 1).putShort((short) type);
        entry.putShort((short) (bytes.length - 1)).put(bytes);
        entries.writeBytes(entry.array());
        return this;
    }

    FileChannel write(Path path) throws IOException {
        Files.write(path, bytes());
        return FileChannel.open(path);
    }

    private byte[] bytes() {
        var image = new ByteArrayOutputStream();
        image.writeBytes(new byte[Superblock.SIZE]);
        image.writeBytes(inodeBlock.length > 0 ? inodeBlock : stored(inodes.toByteArray()));
        int directoryTable = image.size();
        image.writeBytes(entryBlock.length > 0 ? entryBlock : stored(entries.toByteArray()));
        int ids = image.size();
        image.writeBytes(stored(new byte[4]));
        int idTable = image.size();
        image.writeBytes(littleEndian(8).putLong(ids).array());
        int xattrTable = image.size();
        image.writeBytes(xattrs);
        byte[] bytes = image.toByteArray();
        ByteBuffer start = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        start.putInt(Superblock.MAGIC).putInt(1000).putInt(0).putInt(4096).putInt(0);
        start.putShort((short) 1).putShort((short) 12).putShort((short) 0).putShort((short) 1);
        start.putShort((short) 4)
                .putShort((short) 0)
                .putLong(0)
                .putLong(bytes.length)
                .putLong(idTable);
        start.putLong(xattrs.length > 0 ? xattrTable : -1)
                .putLong(Superblock.SIZE)
                .putLong(directoryTable);
        start.putLong(-1).putLong(-1);
        for (int i = 0; i < Superblock.SIZE; i++) {
            bytes[i] = set[i] ? superblock.get(i) : bytes[i];
        }
        return bytes;
    }

    /// A metadata block that holds `bytes` as they are; nothing for none.
    static byte[] stored(byte... bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        return littleEndian(2 + bytes.length)
                .putShort((short) (0x8000 | bytes.length))
                .put(bytes)
                .array();
    }
}
