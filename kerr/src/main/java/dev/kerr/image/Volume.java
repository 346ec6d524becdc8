package dev.kerr.image;

import java.util.Objects;

/// A file system in a file, and what is in it.
///
/// @param tree empty for an ext3 file system, which is not read here
public record Volume(Partition partition, FileTree tree) {
    public Volume {
        Objects.requireNonNull(partition);
        Objects.requireNonNull(tree);
    }

    /// Whether it can be written to.
    public boolean isWritable() {
        return partition.fileSystem() == Partition.FileSystem.EXT3;
    }
}
