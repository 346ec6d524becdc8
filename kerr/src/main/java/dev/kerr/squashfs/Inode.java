package dev.kerr.squashfs;

import java.util.Objects;
import java.util.OptionalLong;

/// A file of any kind, without its name: a file with several names (hard links) is one inode, told by its number.
public sealed interface Inode {
    /// What every kind of file has.
    Attributes attributes();

    /// The names that the file has, as the file system claims; for a directory 2 and its subdirectories.
    long linkCount();

    /// The kind of file.
    InodeType type();

    /// What every kind of file has.
    ///
    /// @param number the inode number, 1 to the superblock's inode count
    /// @param permissions the low twelve bits of `st_mode`
    /// @param uid owner
    /// @param gid group
    /// @param modifiedSeconds time of the last change of the content, unsigned Unix seconds
    /// @param xattrIndex place in the table of extended attributes; empty where the file has none
    record Attributes(long number, int permissions, long uid, long gid, long modifiedSeconds, OptionalLong xattrIndex) {
        /// Refuses null.
        public Attributes {
            Objects.requireNonNull(xattrIndex);
        }
    }

    /// A directory; its entries are read by [SquashfsReader#list] and [SquashfsReader#child].
    ///
    /// @param parentNumber the inode number of the directory it is in, as the file system claims
    /// @param listing where its entries are
    record Directory(Attributes attributes, long linkCount, long parentNumber, Listing listing) implements Inode {
        /// Refuses null.
        public Directory {
            Objects.requireNonNull(attributes);
            Objects.requireNonNull(listing);
        }

        @Override
        public InodeType type() {
            return InodeType.DIRECTORY;
        }
    }

    /// Where the entries of a directory are.
    ///
    /// @param block metadata block, from the start of the directory table
    /// @param offset first byte inside the unpacked block
    /// @param size bytes of entries and their headers, unpacked; 0 for an empty directory
    /// @param indexEntries entries of the directory's index, 0 without one
    /// @param index position of the index in the inode table
    record Listing(long block, int offset, long size, int indexEntries, MetadataPosition index) {}

    /// A regular file; its content is read by [SquashfsReader#open] and [SquashfsReader#read].
    ///
    /// @param size in bytes, not negative
    /// @param content where its content is
    record RegularFile(Attributes attributes, long linkCount, long size, Content content) implements Inode {
        /// Refuses null.
        public RegularFile {
            Objects.requireNonNull(attributes);
            Objects.requireNonNull(content);
        }

        @Override
        public InodeType type() {
            return InodeType.FILE;
        }
    }

    /// Where the content of a regular file is: whole blocks one after the other, and its end perhaps in a
    /// fragment block.
    ///
    /// @param start first byte of the first block, from the start of the file system
    /// @param blockCount blocks of its own
    /// @param blockSizes position of the list of their packed sizes in the inode table
    /// @param fragment the fragment block with the end of the file; empty where all is in blocks of its own
    /// @param fragmentOffset first byte of the end of the file in the unpacked fragment block
    record Content(
            long start, long blockCount, MetadataPosition blockSizes, OptionalLong fragment, int fragmentOffset) {}

    /// A place in unpacked metadata.
    ///
    /// @param block first byte of the packed block, from the start of the file system
    /// @param offset byte inside the unpacked block, at most its length
    record MetadataPosition(long block, int offset) {}

    /// A symbolic link.
    ///
    /// @param target a byte string of 1 to 4096 chars without NUL
    record Symlink(Attributes attributes, long linkCount, String target) implements Inode {
        /// Refuses null.
        public Symlink {
            Objects.requireNonNull(attributes);
            Objects.requireNonNull(target);
        }

        @Override
        public InodeType type() {
            return InodeType.SYMLINK;
        }
    }

    /// A block device.
    record BlockDevice(Attributes attributes, long linkCount, DeviceNumber device) implements Inode {
        @Override
        public InodeType type() {
            return InodeType.BLOCK_DEVICE;
        }
    }

    /// A character device.
    record CharacterDevice(Attributes attributes, long linkCount, DeviceNumber device) implements Inode {
        @Override
        public InodeType type() {
            return InodeType.CHARACTER_DEVICE;
        }
    }

    /// The number of a device.
    ///
    /// @param major driver, 0 to 4095
    /// @param minor device of that driver, 0 to 1048575
    record DeviceNumber(int major, int minor) {
        /// Decodes the kernel's 32-bit form: minor 31-20, major 19-8, minor 7-0. Source: Linux `new_decode_dev`.
        static DeviceNumber decode(int encoded) {
            return new DeviceNumber((encoded & 0xfff00) >>> 8, (encoded & 0xff) | ((encoded >>> 12) & 0xfff00));
        }

        /// The kernel's 32-bit form. Source: Linux `new_encode_dev`.
        int encode() {
            return (minor & 0xff) | major << 8 | (minor & 0xfff00) << 12;
        }
    }

    /// A named pipe.
    record Fifo(Attributes attributes, long linkCount) implements Inode {
        @Override
        public InodeType type() {
            return InodeType.FIFO;
        }
    }

    /// A socket.
    record Socket(Attributes attributes, long linkCount) implements Inode {
        @Override
        public InodeType type() {
            return InodeType.SOCKET;
        }
    }
}
