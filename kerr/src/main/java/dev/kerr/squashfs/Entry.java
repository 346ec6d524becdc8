package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import dev.kerr.squashfs.Inode.DeviceNumber;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// One name of a tree that is to be written.
///
/// **Paths** are byte strings from the root without a slash at either end, `usr/bin/env`; the root itself has the
/// empty path. [SquashfsWriter] refuses a path with an empty name, `.`, `..`, a NUL or a name of more than 255 bytes.
public sealed interface Entry {
    /// Where it is.
    String path();

    /// What all kinds of file have; a hard link has its target's.
    ///
    /// @param permissions the low twelve bits of `st_mode`
    /// @param uid owner, 0 to 4294967295
    /// @param gid group, 0 to 4294967295
    /// @param modifiedSeconds Unix seconds; what is before 1970 or after 2106 is stored as the nearest time that can be
    /// @param xattrs values by full names (byte strings) that begin with `user.`, `trusted.` or `security.`; not copied
    record Metadata(int permissions, long uid, long gid, long modifiedSeconds, SortedMap<String, byte[]> xattrs) {
        /// The longest name of an extended attribute, with its prefix (`XATTR_NAME_MAX`).
        private static final int LONGEST_XATTR_NAME = 255;

        /// One for all files that have none: there are many.
        private static final SortedMap<String, byte[]> NO_XATTRS = Collections.unmodifiableSortedMap(new TreeMap<>());

        private static final int LONGEST_XATTR_VALUE = 64 * 1024;

        /// Refuses what an inode cannot hold.
        public Metadata {
            if ((permissions & ~07777) != 0 || !isId(uid) || !isId(gid)) {
                throw new IllegalArgumentException(
                        "no such attributes: " + Integer.toOctalString(permissions) + " " + uid + ":" + gid);
            }
            xattrs.forEach(Metadata::checkXattr);
        }

        /// Without extended attributes.
        public Metadata(int permissions, long uid, long gid, long modifiedSeconds) {
            this(permissions, uid, gid, modifiedSeconds, NO_XATTRS);
        }

        private static boolean isId(long id) {
            return id >= 0 && id <= 0xffff_ffffL;
        }

        private static void checkXattr(String name, byte[] value) {
            if (!isStorable(name) || name.length() > LONGEST_XATTR_NAME || value.length > LONGEST_XATTR_VALUE) {
                throw new IllegalArgumentException("no such extended attribute: " + name);
            }
        }

        /// Whether SquashFS has room for extended attributes of this name: for `system.posix_acl_access` it has not.
        public static boolean isStorable(String name) {
            for (String prefix : Xattrs.PREFIXES) {
                if (name.startsWith(prefix) && name.length() > prefix.length()) {
                    return true;
                }
            }
            return false;
        }

        /// The same for another owner.
        public Metadata ownedBy(long newUid, long newGid) {
            return new Metadata(permissions, newUid, newGid, modifiedSeconds, xattrs);
        }

        /// The same with another time of modification.
        public Metadata modifiedAt(long newSeconds) {
            return new Metadata(permissions, uid, gid, newSeconds, xattrs);
        }
    }

    /// A name that stands for a file of its own: all but [HardLink].
    sealed interface Original extends Entry {
        /// What all kinds of file have.
        Metadata metadata();

        /// The kind of file.
        InodeType type();

        /// The same with other metadata.
        Original with(Metadata other);
    }

    /// A directory; what is in it comes as entries of their own.
    record Directory(String path, Metadata metadata) implements Original {
        /// Refuses null.
        public Directory {
            requireNonNull(path);
            requireNonNull(metadata);
        }

        @Override
        public InodeType type() {
            return InodeType.DIRECTORY;
        }

        @Override
        public Directory with(Metadata other) {
            return new Directory(path, other);
        }
    }

    /// A regular file.
    ///
    /// @param size bytes of its content, which must have neither less nor (as far as is read) more
    record RegularFile(String path, Metadata metadata, long size, Content content) implements Original {
        /// Refuses null and a negative size.
        public RegularFile {
            requireNonNull(path);
            requireNonNull(metadata);
            requireNonNull(content);
            if (size < 0) {
                throw new IllegalArgumentException("file of " + size + " bytes");
            }
        }

        /// A file that lies in memory.
        public RegularFile(String path, Metadata metadata, byte[] content) {
            this(path, metadata, content.length, Content.of(content));
        }

        @Override
        public InodeType type() {
            return InodeType.FILE;
        }

        @Override
        public RegularFile with(Metadata other) {
            return new RegularFile(path, other, size, content);
        }
    }

    /// A symbolic link.
    ///
    /// @param target a byte string of 1 to 4095 chars without NUL
    record Symlink(String path, Metadata metadata, String target) implements Original {
        /// Refuses null.
        public Symlink {
            requireNonNull(path);
            requireNonNull(metadata);
            requireNonNull(target);
        }

        @Override
        public InodeType type() {
            return InodeType.SYMLINK;
        }

        @Override
        public Symlink with(Metadata other) {
            return new Symlink(path, other, target);
        }
    }

    /// A block device.
    record BlockDevice(String path, Metadata metadata, DeviceNumber device) implements Original {
        /// Refuses null.
        public BlockDevice {
            requireNonNull(path);
            requireNonNull(metadata);
            requireNonNull(device);
        }

        @Override
        public InodeType type() {
            return InodeType.BLOCK_DEVICE;
        }

        @Override
        public BlockDevice with(Metadata other) {
            return new BlockDevice(path, other, device);
        }
    }

    /// A character device.
    record CharacterDevice(String path, Metadata metadata, DeviceNumber device) implements Original {
        /// Refuses null.
        public CharacterDevice {
            requireNonNull(path);
            requireNonNull(metadata);
            requireNonNull(device);
        }

        @Override
        public InodeType type() {
            return InodeType.CHARACTER_DEVICE;
        }

        @Override
        public CharacterDevice with(Metadata other) {
            return new CharacterDevice(path, other, device);
        }
    }

    /// A named pipe.
    record Fifo(String path, Metadata metadata) implements Original {
        /// Refuses null.
        public Fifo {
            requireNonNull(path);
            requireNonNull(metadata);
        }

        @Override
        public InodeType type() {
            return InodeType.FIFO;
        }

        @Override
        public Fifo with(Metadata other) {
            return new Fifo(path, other);
        }
    }

    /// A socket.
    record Socket(String path, Metadata metadata) implements Original {
        /// Refuses null.
        public Socket {
            requireNonNull(path);
            requireNonNull(metadata);
        }

        @Override
        public InodeType type() {
            return InodeType.SOCKET;
        }

        @Override
        public Socket with(Metadata other) {
            return new Socket(path, other);
        }
    }

    /// Another name of a file that is not a directory.
    ///
    /// @param target path of that file, which may come before or after this entry, and may be a hard link itself
    record HardLink(String path, String target) implements Entry {
        /// Refuses null.
        public HardLink {
            requireNonNull(path);
            requireNonNull(target);
        }
    }
}
