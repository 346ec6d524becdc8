package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Attributes;
import dev.kerr.squashfs.Inode.Content;
import dev.kerr.squashfs.Inode.DeviceNumber;
import dev.kerr.squashfs.Inode.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/// Decodes the inode at a cursor: 16 bytes that all have, then what the type has.
///
/// Source: Linux `fs/squashfs/squashfs_fs.h`, `struct squashfs_base_inode` and following; `fs/squashfs/inode.c`.
final class InodeDecoder {
    /// Stands for "no fragment" and "no extended attributes".
    private static final long NONE = 0xffff_ffffL;

    /// A listing is said to be three bytes longer than it is: room for `.` and `..`, which are not stored.
    private static final int UNSTORED_ENTRIES = 3;

    /// What Linux takes, one page.
    private static final int LONGEST_TARGET = 4096;

    private final Superblock superblock;
    private final IdTable ids;
    private final MetadataCursor cursor;
    private final boolean extended;
    private final InodeType type;
    private final int permissions;
    private final long uid;
    private final long gid;
    private final long modifiedSeconds;
    private final long number;

    /// Reads what all inodes have.
    InodeDecoder(Superblock superblock, IdTable ids, MetadataCursor cursor) throws IOException {
        this.superblock = superblock;
        this.ids = ids;
        this.cursor = cursor;
        int code = cursor.u16();
        this.extended = code > InodeType.EXTENDED;
        Optional<InodeType> known = InodeType.of(extended ? code - InodeType.EXTENDED : code);
        if (known.isEmpty()) {
            throw cursor.wrong("unknown inode type " + code);
        }
        this.type = known.get();
        this.permissions = cursor.u16() & 07777;
        this.uid = id();
        this.gid = id();
        this.modifiedSeconds = cursor.u32();
        this.number = cursor.u32();
        if (number == 0 || number > superblock.inodeCount()) {
            throw cursor.wrong("inode number " + number + " is not one of " + superblock.inodeCount());
        }
    }

    private long id() throws IOException {
        int index = cursor.u16();
        if (index >= superblock.idCount()) {
            throw cursor.wrong("id " + index + " is not one of " + superblock.idCount());
        }
        return ids.id(index);
    }

    InodeType type() {
        return type;
    }

    /// Reads the rest.
    Inode decode() throws IOException {
        return switch (type) {
            case DIRECTORY -> extended ? extendedDirectory() : directory();
            case FILE -> extended ? extendedFile() : file();
            case SYMLINK -> symlink();
            case BLOCK_DEVICE, CHARACTER_DEVICE -> device();
            case FIFO, SOCKET -> pipeOrSocket();
        };
    }

    private Inode directory() throws IOException {
        long block = cursor.u32();
        long links = cursor.u32();
        long size = cursor.u16();
        int offset = cursor.u16();
        long parent = cursor.u32();
        var listing = new Listing(block, offset, listingSize(size), 0, cursor.position());
        return new Inode.Directory(attributes(NONE), links, parent, listing);
    }

    private Inode extendedDirectory() throws IOException {
        long links = cursor.u32();
        long size = cursor.u32();
        long block = cursor.u32();
        long parent = cursor.u32();
        int indexEntries = cursor.u16();
        int offset = cursor.u16();
        var attributes = attributes(cursor.u32());
        var listing = new Listing(block, offset, listingSize(size), indexEntries, cursor.position());
        return new Inode.Directory(attributes, links, parent, listing);
    }

    private static long listingSize(long claimed) {
        return Math.max(0, claimed - UNSTORED_ENTRIES);
    }

    private Inode file() throws IOException {
        long start = cursor.u32();
        long fragment = cursor.u32();
        long fragmentOffset = cursor.u32();
        long size = cursor.u32();
        return new Inode.RegularFile(attributes(NONE), 1, size, content(start, size, fragment, fragmentOffset));
    }

    private Inode extendedFile() throws IOException {
        long start = cursor.i64();
        long size = cursor.i64();
        cursor.i64(); // bytes in holes: the block list tells the same
        long links = cursor.u32();
        long fragment = cursor.u32();
        long fragmentOffset = cursor.u32();
        var attributes = attributes(cursor.u32());
        if (size < 0 || start < 0) {
            throw cursor.wrong("negative size or start of a file");
        }
        return new Inode.RegularFile(attributes, links, size, content(start, size, fragment, fragmentOffset));
    }

    private Content content(long start, long size, long fragment, long fragmentOffset) throws IOException {
        int blockSize = superblock.blockSize();
        long whole = size / blockSize;
        int tail = (int) (size % blockSize);
        if (start > superblock.bytesUsed()) {
            throw cursor.wrong("content of a file begins outside the file system");
        }
        if (fragment == NONE) {
            return new Content(start, tail == 0 ? whole : whole + 1, cursor.position(), OptionalLong.empty(), 0);
        }
        if (fragment >= superblock.fragmentCount()) {
            throw cursor.wrong("fragment " + fragment + " is not one of " + superblock.fragmentCount());
        }
        if (fragmentOffset > blockSize - tail) {
            throw cursor.wrong("end of a file lies outside its fragment");
        }
        return new Content(start, whole, cursor.position(), OptionalLong.of(fragment), (int) fragmentOffset);
    }

    private Inode symlink() throws IOException {
        long links = cursor.u32();
        long length = cursor.u32();
        if (length == 0 || length > LONGEST_TARGET) {
            throw cursor.wrong("target of a symbolic link has " + length + " bytes");
        }
        byte[] target = new byte[(int) length];
        cursor.read(target, target.length);
        for (byte b : target) {
            if (b == 0) {
                throw cursor.wrong("target of a symbolic link holds a NUL");
            }
        }
        long xattr = extended ? cursor.u32() : NONE;
        return new Inode.Symlink(attributes(xattr), links, new String(target, StandardCharsets.ISO_8859_1));
    }

    private Inode device() throws IOException {
        long links = cursor.u32();
        var device = DeviceNumber.decode(cursor.i32());
        var attributes = attributes(extended ? cursor.u32() : NONE);
        return type == InodeType.BLOCK_DEVICE
                ? new Inode.BlockDevice(attributes, links, device)
                : new Inode.CharacterDevice(attributes, links, device);
    }

    private Inode pipeOrSocket() throws IOException {
        long links = cursor.u32();
        var attributes = attributes(extended ? cursor.u32() : NONE);
        return type == InodeType.FIFO ? new Inode.Fifo(attributes, links) : new Inode.Socket(attributes, links);
    }

    private Attributes attributes(long xattr) {
        var index = xattr == NONE ? OptionalLong.empty() : OptionalLong.of(xattr);
        return new Attributes(number, permissions, uid, gid, modifiedSeconds, index);
    }
}
