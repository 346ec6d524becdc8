package dev.kerr.ext3;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads an ext3 file system: inodes, directories, contents. Whatever is damaged ends in a [FormatException].
public final class Ext3Reader {
    private static final long ROOT = 2;
    private static final int GROUP_SIZE = 32;
    private static final int DIRECT_BLOCKS = 12;
    private static final int ENTRY_HEADER = 8;
    private static final int LONGEST_LINK = 4095;

    /// A directory that is larger than this is no directory.
    private static final long LARGEST_DIRECTORY = 1L << 30;

    private final ByteRegion region;
    private final Ext3Superblock superblock;

    private Ext3Reader(ByteRegion region, Ext3Superblock superblock) {
        this.region = region;
        this.superblock = superblock;
    }

    /// Opens the file system in `size` bytes at `offset` of a file.
    ///
    /// @param channel stays the caller's, and open, while the reader is used
    /// @throws FormatException if there is no ext3 file system, or one that is not read
    public static Ext3Reader open(FileChannel channel, long offset, long size) throws IOException {
        var region = new ByteRegion(Objects.requireNonNull(channel), offset, size);
        return new Ext3Reader(region, Ext3Superblock.read(region));
    }

    Ext3Inode root() throws IOException {
        return inode(ROOT);
    }

    Ext3Inode inode(long number) throws IOException {
        if (number < 1 || number > superblock.inodes()) {
            throw wrong("no such inode: " + number);
        }
        long group = (number - 1) / superblock.inodesPerGroup();
        byte[] descriptor = new byte[GROUP_SIZE];
        region.read(
                superblock.groupsBlock() * superblock.blockSize() + group * GROUP_SIZE,
                descriptor,
                GROUP_SIZE,
                "ext3 group");
        long table = LittleEndian.u32(descriptor, 8);
        byte[] inode = new byte[superblock.inodeSize()];
        long at = table * superblock.blockSize() + (number - 1) % superblock.inodesPerGroup() * inode.length;
        region.read(at, inode, inode.length, "ext3 inode");
        return new Ext3Inode(number, inode);
    }

    /// The inodes of what is in a directory, by names (byte strings) in their order, without `.` and `..`.
    SortedMap<String, Long> list(Ext3Inode directory) throws IOException {
        if (directory.size() > LARGEST_DIRECTORY) {
            throw wrong("directory of " + directory.size() + " bytes");
        }
        SortedMap<String, Long> names = new TreeMap<>();
        byte[] block = new byte[superblock.blockSize()];
        for (long done = 0; done < directory.size(); done += block.length) {
            readBlock(directory, done / block.length, block);
            addNames(block, names);
        }
        return names;
    }

    private void addNames(byte[] block, SortedMap<String, Long> names) throws FormatException {
        int at = 0;
        while (at < block.length) {
            int length = at + ENTRY_HEADER <= block.length ? LittleEndian.u16(block, at + 4) : 0;
            int nameLength = at + ENTRY_HEADER <= block.length ? LittleEndian.u8(block, at + 6) : 0;
            if (length < ENTRY_HEADER + nameLength || length % 4 != 0 || at + length > block.length) {
                throw wrong("damaged directory");
            }
            long inode = LittleEndian.u32(block, at);
            String name = ByteStrings.of(block, at + ENTRY_HEADER, nameLength);
            boolean isUsed = inode != 0 && nameLength > 0;
            if (isUsed && !name.equals(".") && !name.equals("..")) {
                if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0 || names.put(name, inode) != null) {
                    throw wrong("impossible name in a directory");
                }
            }
            at += length;
        }
    }

    String target(Ext3Inode link) throws IOException {
        int size = (int) Math.min(link.size(), LONGEST_LINK + 1);
        if (size < 1 || size > LONGEST_LINK) {
            throw wrong("symbolic link of " + link.size() + " bytes");
        }
        long ownSectors = link.sectors() - (link.xattrBlock() == 0 ? 0 : superblock.blockSize() / 512);
        if (size < Ext3Inode.BLOCKS_SIZE && ownSectors == 0) {
            return ByteStrings.of(link.bytes(), Ext3Inode.BLOCKS_AT, size);
        }
        byte[] target = new byte[size];
        if (read(link, 0, target, 0, size) != size) {
            throw wrong("symbolic link is cut short");
        }
        return ByteStrings.of(target, 0, size);
    }

    /// Extended attributes by their full names.
    SortedMap<String, byte[]> xattrs(Ext3Inode inode) throws IOException {
        return new Ext3Xattrs(region, superblock).of(inode);
    }

    /// Reads a stretch of a file, at most to the end of a block.
    ///
    /// @return the bytes read, at least one; 0 at the end of the file
    int read(Ext3Inode file, long at, byte[] into, int from, int length) throws IOException {
        int blockSize = superblock.blockSize();
        long left = file.size() - at;
        if (left <= 0) {
            return 0;
        }
        int within = (int) (at % blockSize);
        int count = (int) Math.min(Math.min(length, left), blockSize - within);
        byte[] block = new byte[blockSize];
        readBlock(file, at / blockSize, block);
        System.arraycopy(block, within, into, from, count);
        return count;
    }

    /// Whether a block of a file is a hole.
    boolean isHole(Ext3Inode file, long at) throws IOException {
        return blockOf(file, at / superblock.blockSize()) == 0;
    }

    int blockSize() {
        return superblock.blockSize();
    }

    private void readBlock(Ext3Inode file, long index, byte[] into) throws IOException {
        long block = blockOf(file, index);
        if (block == 0) {
            Arrays.fill(into, (byte) 0);
        } else {
            readBlock(block, into);
        }
    }

    private void readBlock(long block, byte[] into) throws IOException {
        if (block >= superblock.blocks()) {
            throw wrong("no such block: " + block);
        }
        region.read(block * superblock.blockSize(), into, superblock.blockSize(), "ext3 block");
    }

    /// The block of the file system that has a block of a file: directly named, or by blocks of names that are one, two
    /// or three deep. 0 is a hole.
    private long blockOf(Ext3Inode file, long index) throws IOException {
        if (index < DIRECT_BLOCKS) {
            return file.block((int) index);
        }
        long perBlock = superblock.blockSize() / 4;
        long left = index - DIRECT_BLOCKS;
        long covered = perBlock;
        for (int depth = 1; depth <= 3; depth++) {
            if (left < covered) {
                return indirect(file.block(DIRECT_BLOCKS + depth - 1), left, covered / perBlock);
            }
            left -= covered;
            covered *= perBlock;
        }
        throw wrong("file with more blocks than there can be");
    }

    private long indirect(long from, long index, long covered) throws IOException {
        byte[] number = new byte[4];
        long block = from;
        long left = index;
        for (long each = covered; each >= 1 && block != 0; each /= superblock.blockSize() / 4) {
            if (block >= superblock.blocks()) {
                throw wrong("no such block: " + block);
            }
            region.read(block * superblock.blockSize() + left / each * 4, number, 4, "ext3 block number");
            block = LittleEndian.u32(number, 0);
            left %= each;
        }
        return block;
    }

    FormatException wrong(String problem) {
        return new FormatException("damaged ext3 file system: " + problem, region.offset());
    }
}
