package dev.kerr.squashfs;

import java.util.Objects;

/// A name in a directory and the inode it stands for.
///
/// @param name a byte string of 1 to 256 chars; never `.` or `..`, without `/` and NUL
/// @param type the type that the directory claims; [SquashfsReader#inode] holds the inode against it
/// @param reference where the inode is: 48 bits for the metadata block, from the start of the inode table, then
///     16 for the offset in it
public record DirectoryEntry(String name, InodeType type, long reference) {
    /// Refuses null.
    public DirectoryEntry {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }
}
