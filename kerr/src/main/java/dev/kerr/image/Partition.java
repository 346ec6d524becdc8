package dev.kerr.image;

import java.nio.file.Path;
import java.util.Objects;

/// A file system in a file: the whole file, or a data object of a SIF.
///
/// @param offset first byte of the file system in the file
/// @param size its bytes
public record Partition(Path file, FileIdentity identity, long offset, long size, FileSystem fileSystem) {
    public Partition {
        Objects.requireNonNull(file);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(fileSystem);
    }

    /// What is in it.
    public enum FileSystem {
        SQUASHFS,
        EXT3
    }
}
