package dev.kerr.squashfs;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.compress.Compression;
import java.io.IOException;
import java.util.Optional;

/// The first 96 bytes of a SquashFS file system, little-endian; positions count from its first byte.
///
/// |  at | bytes | field              |          |  at | bytes | field                     |
/// |----:|------:|--------------------|----------|----:|------:|---------------------------|
/// |   0 |     4 | magic `hsqs`       |          |  32 |     8 | root inode's reference    |
/// |   4 |     4 | inodes             |          |  40 |     8 | bytes used                |
/// |   8 |     4 | made, Unix seconds |          |  48 |     8 | id table                  |
/// |  12 |     4 | block size         |          |  56 |     8 | xattr id table, or -1     |
/// |  16 |     4 | fragment blocks    |          |  64 |     8 | inode table               |
/// |  20 |     2 | compression        |          |  72 |     8 | directory table           |
/// |  22 |     2 | log₂ of block size |          |  80 |     8 | fragment table, or -1     |
/// |  24 |     2 | flags              |          |  88 |     8 | export table, or -1       |
/// |  26 |     2 | ids                |          |     |       |                           |
/// |  28 | 2 + 2 | version 4, 0       |          |     |       |                           |
///
/// Source: Linux `fs/squashfs/squashfs_fs.h`, `struct squashfs_super_block`.
///
/// @param inodeCount inodes, at least 1
/// @param modifiedSeconds when the file system was made, unsigned Unix seconds
/// @param blockSize bytes of an unpacked data block, a power of two from 4 KiB to 1 MiB
/// @param fragmentCount blocks that hold ends of files
/// @param compression algorithm of all packed blocks
/// @param flags how it was made; reading needs none of them
/// @param idCount user and group ids, 1 to 65535
/// @param rootReference reference of the root directory's inode
/// @param bytesUsed size of the file system without padding at its end
/// @param tables where its tables are
public record Superblock(
        long inodeCount,
        long modifiedSeconds,
        int blockSize,
        long fragmentCount,
        Compression compression,
        int flags,
        int idCount,
        long rootReference,
        long bytesUsed,
        Tables tables) {
    /// Bytes of a superblock.
    public static final int SIZE = 96;

    static final int MAGIC_AT = 0;
    static final int INODE_COUNT_AT = 4;
    static final int MODIFIED_AT = 8;
    static final int BLOCK_SIZE_AT = 12;
    static final int FRAGMENT_COUNT_AT = 16;
    static final int COMPRESSION_AT = 20;
    static final int BLOCK_LOG_AT = 22;
    static final int FLAGS_AT = 24;
    static final int ID_COUNT_AT = 26;
    static final int MAJOR_AT = 28;
    static final int MINOR_AT = 30;
    static final int ROOT_AT = 32;
    static final int BYTES_USED_AT = 40;
    static final int ID_TABLE_AT = 48;
    static final int XATTR_TABLE_AT = 56;
    static final int INODE_TABLE_AT = 64;
    static final int DIRECTORY_TABLE_AT = 72;
    static final int FRAGMENT_TABLE_AT = 80;
    static final int EXPORT_TABLE_AT = 88;

    /// `hsqs` read as a little-endian number.
    static final int MAGIC = 0x73717368;

    // Flags: how the file system was made.

    /// Inodes (1), data (2), fragments (8), extended attributes (256) and ids (2048) are stored as they are.
    static final int NOTHING_COMPRESSED = 0x0001 | 0x0002 | 0x0008 | 0x0100 | 0x0800;
    /// No file shares a block with others.
    static final int NO_FRAGMENTS = 0x0010;
    /// The ends of all files share blocks with others.
    static final int ALWAYS_FRAGMENTS = 0x0020;
    /// Equal contents are stored once.
    static final int NO_DUPLICATES = 0x0040;
    /// There is an export table.
    static final int EXPORTABLE = 0x0080;
    /// Options of the compressor follow the superblock.
    static final int HAS_OPTIONS = 0x0400;

    private static final int SMALLEST_BLOCK_LOG = 12;
    private static final int LARGEST_BLOCK_LOG = 20;

    /// Where the tables begin, from the start of the file system.
    ///
    /// @param id list of the blocks of user and group ids
    /// @param xattr header of the extended attributes, or [#ABSENT]
    /// @param inode first block of inodes
    /// @param directory first block of directory entries
    /// @param fragment list of the blocks of fragment entries, or [#ABSENT]
    /// @param export list of the blocks of inode references by number, or [#ABSENT]
    public record Tables(long id, long xattr, long inode, long directory, long fragment, long export) {
        /// Stands for a table that the file system does not have.
        public static final long ABSENT = -1;
    }

    /// Decodes and checks the superblock at the start of `fileSystem`.
    ///
    /// @throws FormatException if there is none, the version or compression is not ours, or a table cannot be
    ///     where it says
    static Superblock read(ByteRegion fileSystem) throws IOException {
        byte[] bytes = new byte[SIZE];
        fileSystem.read(0, bytes, SIZE, "SquashFS superblock");
        var superblock = decode(bytes, fileSystem);
        superblock.checkTables(fileSystem);
        return superblock;
    }

    private static Superblock decode(byte[] bytes, ByteRegion fileSystem) throws FormatException {
        if (LittleEndian.i32(bytes, MAGIC_AT) != MAGIC) {
            throw wrong("bad SquashFS magic", fileSystem, MAGIC_AT);
        }
        if (LittleEndian.u16(bytes, MAJOR_AT) != 4 || LittleEndian.u16(bytes, MINOR_AT) != 0) {
            throw wrong("SquashFS version is not 4.0", fileSystem, MAJOR_AT);
        }
        int idCount = LittleEndian.u16(bytes, ID_COUNT_AT);
        if (idCount == 0) {
            throw wrong("no ids in SquashFS superblock", fileSystem, ID_COUNT_AT);
        }
        long inodeCount = LittleEndian.u32(bytes, INODE_COUNT_AT);
        if (inodeCount == 0) {
            throw wrong("no inodes in SquashFS superblock", fileSystem, INODE_COUNT_AT);
        }
        return new Superblock(
                inodeCount,
                LittleEndian.u32(bytes, MODIFIED_AT),
                blockSize(bytes, fileSystem),
                LittleEndian.u32(bytes, FRAGMENT_COUNT_AT),
                compression(bytes, fileSystem),
                LittleEndian.u16(bytes, FLAGS_AT),
                idCount,
                LittleEndian.i64(bytes, ROOT_AT),
                bytesUsed(bytes, fileSystem),
                tables(bytes));
    }

    private static int blockSize(byte[] bytes, ByteRegion fileSystem) throws FormatException {
        int log = LittleEndian.u16(bytes, BLOCK_LOG_AT);
        if (log < SMALLEST_BLOCK_LOG || log > LARGEST_BLOCK_LOG) {
            throw wrong("SquashFS block size is not 4 KiB to 1 MiB", fileSystem, BLOCK_LOG_AT);
        }
        if (LittleEndian.u32(bytes, BLOCK_SIZE_AT) != 1L << log) {
            throw wrong("SquashFS block size and its logarithm differ", fileSystem, BLOCK_SIZE_AT);
        }
        return 1 << log;
    }

    private static Compression compression(byte[] bytes, ByteRegion fileSystem) throws FormatException {
        Optional<Compression> compression = Compression.ofSquashfsId(LittleEndian.u16(bytes, COMPRESSION_AT));
        if (compression.isEmpty()) {
            throw wrong("unknown SquashFS compression", fileSystem, COMPRESSION_AT);
        }
        if (!compression.get().isSupported()) {
            throw wrong(
                    "SquashFS compression " + compression.get().label() + " is not supported"
                            + " (gzip, xz, lz4 and zstd are)",
                    fileSystem,
                    COMPRESSION_AT);
        }
        return compression.get();
    }

    private static long bytesUsed(byte[] bytes, ByteRegion fileSystem) throws FormatException {
        long bytesUsed = LittleEndian.i64(bytes, BYTES_USED_AT);
        if (bytesUsed < SIZE) {
            throw wrong("SquashFS size is impossible", fileSystem, BYTES_USED_AT);
        }
        if (bytesUsed > fileSystem.size()) {
            throw wrong(
                    "truncated SquashFS: it has " + bytesUsed + " bytes, its place only " + fileSystem.size(),
                    fileSystem,
                    BYTES_USED_AT);
        }
        return bytesUsed;
    }

    private static Tables tables(byte[] bytes) {
        return new Tables(
                LittleEndian.i64(bytes, ID_TABLE_AT),
                LittleEndian.i64(bytes, XATTR_TABLE_AT),
                LittleEndian.i64(bytes, INODE_TABLE_AT),
                LittleEndian.i64(bytes, DIRECTORY_TABLE_AT),
                LittleEndian.i64(bytes, FRAGMENT_TABLE_AT),
                LittleEndian.i64(bytes, EXPORT_TABLE_AT));
    }

    /// Inodes come before directories, and every other table after both and inside the file system.
    private void checkTables(ByteRegion fileSystem) throws FormatException {
        if (tables.inode < SIZE || tables.inode > bytesUsed) {
            throw wrong("SquashFS inode table lies outside the file system", fileSystem, INODE_TABLE_AT);
        }
        if (tables.directory <= tables.inode || tables.directory > bytesUsed) {
            throw wrong(
                    "SquashFS directory table is not between the inode table and the end",
                    fileSystem,
                    DIRECTORY_TABLE_AT);
        }
        checkTable(tables.id, fileSystem, ID_TABLE_AT);
        if (fragmentCount > 0) {
            checkTable(tables.fragment, fileSystem, FRAGMENT_TABLE_AT);
        }
        if (tables.xattr != Tables.ABSENT) {
            checkTable(tables.xattr, fileSystem, XATTR_TABLE_AT);
        }
        if (tables.export != Tables.ABSENT) {
            checkTable(tables.export, fileSystem, EXPORT_TABLE_AT);
        }
    }

    private void checkTable(long start, ByteRegion fileSystem, int field) throws FormatException {
        if (start < tables.directory || start > bytesUsed) {
            throw wrong("SquashFS table is not between the directory table and the end", fileSystem, field);
        }
    }

    /// Where the directory table must have ended: at the first of the tables behind it.
    long directoryTableEnd() {
        long end = Math.min(bytesUsed, tables.id);
        if (fragmentCount > 0) {
            end = Math.min(end, tables.fragment);
        }
        if (tables.xattr != Tables.ABSENT) {
            end = Math.min(end, tables.xattr);
        }
        return tables.export == Tables.ABSENT ? end : Math.min(end, tables.export);
    }

    /// The 96 bytes.
    byte[] encode() {
        byte[] bytes = new byte[SIZE];
        LittleEndian.put32(bytes, MAGIC_AT, MAGIC);
        LittleEndian.put32(bytes, INODE_COUNT_AT, (int) inodeCount);
        LittleEndian.put32(bytes, MODIFIED_AT, (int) modifiedSeconds);
        LittleEndian.put32(bytes, BLOCK_SIZE_AT, blockSize);
        LittleEndian.put32(bytes, FRAGMENT_COUNT_AT, (int) fragmentCount);
        LittleEndian.put16(bytes, COMPRESSION_AT, compression.squashfsId());
        LittleEndian.put16(bytes, BLOCK_LOG_AT, Integer.numberOfTrailingZeros(blockSize));
        LittleEndian.put16(bytes, FLAGS_AT, flags);
        LittleEndian.put16(bytes, ID_COUNT_AT, idCount);
        LittleEndian.put16(bytes, MAJOR_AT, 4);
        LittleEndian.put16(bytes, MINOR_AT, 0);
        LittleEndian.put64(bytes, ROOT_AT, rootReference);
        LittleEndian.put64(bytes, BYTES_USED_AT, bytesUsed);
        LittleEndian.put64(bytes, ID_TABLE_AT, tables.id);
        LittleEndian.put64(bytes, XATTR_TABLE_AT, tables.xattr);
        LittleEndian.put64(bytes, INODE_TABLE_AT, tables.inode);
        LittleEndian.put64(bytes, DIRECTORY_TABLE_AT, tables.directory);
        LittleEndian.put64(bytes, FRAGMENT_TABLE_AT, tables.fragment);
        LittleEndian.put64(bytes, EXPORT_TABLE_AT, tables.export);
        return bytes;
    }

    private static FormatException wrong(String problem, ByteRegion fileSystem, int field) {
        return new FormatException(problem, fileSystem.absolute(field));
    }
}
