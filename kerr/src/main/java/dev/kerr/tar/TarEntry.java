package dev.kerr.tar;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// One entry of an archive.
///
/// @param name a byte string without NUL, as it stands in the archive: absolute, with `..` or with a slash at its end
/// @param kind what it is
/// @param attributes of the file; those of a hard link say nothing in most archives
public record TarEntry(String name, Kind kind, Attributes attributes) {
    /// Refuses null.
    public TarEntry {
        requireNonNull(name);
        requireNonNull(kind);
        requireNonNull(attributes);
    }

    /// What an entry is.
    public sealed interface Kind {
        /// A regular file.
        ///
        /// @param size bytes of its content, with those of holes
        record File(long size) implements Kind {}

        /// Another name of a file that came before.
        record HardLink(String target) implements Kind {}

        /// A symbolic link.
        record Symlink(String target) implements Kind {}

        /// A character device.
        record CharacterDevice(long major, long minor) implements Kind {}

        /// A block device.
        record BlockDevice(long major, long minor) implements Kind {}

        /// A directory.
        record Directory() implements Kind {}

        /// A named pipe.
        record Fifo() implements Kind {}
    }

    /// What all kinds have.
    ///
    /// @param permissions the low twelve bits of `st_mode`
    /// @param uid owner, 0 to 4294967295
    /// @param gid group, 0 to 4294967295
    /// @param modifiedSeconds Unix seconds, rounded down
    /// @param xattrs values by full names (byte strings); not copied
    public record Attributes(
            int permissions, long uid, long gid, long modifiedSeconds, SortedMap<String, byte[]> xattrs) {
        static final long MOST_ID = 0xffff_ffffL;

        private static final SortedMap<String, byte[]> NO_XATTRS = Collections.unmodifiableSortedMap(new TreeMap<>());

        /// Refuses what is out of range.
        public Attributes {
            requireNonNull(xattrs);
            if ((permissions & ~07777) != 0 || uid < 0 || uid > MOST_ID || gid < 0 || gid > MOST_ID) {
                throw new IllegalArgumentException(
                        "no such attributes: " + Integer.toOctalString(permissions) + " " + uid + ":" + gid);
            }
        }

        /// Without extended attributes.
        public Attributes(int permissions, long uid, long gid, long modifiedSeconds) {
            this(permissions, uid, gid, modifiedSeconds, NO_XATTRS);
        }
    }
}
