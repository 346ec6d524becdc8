package dev.kerr.squashfs;

import java.util.Optional;

/// The seven kinds of file, by their number in a directory entry; an inode has that number, or 7 more in its
/// extended form.
public enum InodeType {
    /// A directory.
    DIRECTORY(1, 0040000),
    /// A regular file.
    FILE(2, 0100000),
    /// A symbolic link.
    SYMLINK(3, 0120000),
    /// A block device.
    BLOCK_DEVICE(4, 0060000),
    /// A character device.
    CHARACTER_DEVICE(5, 0020000),
    /// A named pipe.
    FIFO(6, 0010000),
    /// A socket.
    SOCKET(7, 0140000);

    /// What is added to a type's number in an inode of the extended form.
    static final int EXTENDED = 7;

    private final int number;
    private final int modeBits;

    InodeType(int number, int modeBits) {
        this.number = number;
        this.modeBits = modeBits;
    }

    /// The type with this number in a directory entry, 1 to 7; empty for any other.
    static Optional<InodeType> of(int number) {
        for (InodeType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /// The number in a directory entry.
    public int number() {
        return number;
    }

    /// The bits of `st_mode` that say the type: `S_IFDIR` for a directory.
    public int modeBits() {
        return modeBits;
    }
}
