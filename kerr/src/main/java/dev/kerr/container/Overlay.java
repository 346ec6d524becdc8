package dev.kerr.container;

import dev.kerr.image.DirectoryTree;
import dev.kerr.image.FileTree;
import dev.kerr.image.Partition;
import dev.kerr.image.Volume;
import dev.kerr.image.Volumes;
import dev.kerr.linux.MountTable;
import dev.kerr.log.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A file system that the user lays over the image.
///
/// @param path absolute, of the directory or file
/// @param partition the file system in a file; empty for a directory
/// @param tree what is in it, as far as the planner can read it
/// @param type of the file system that a directory is on, as the kernel names it; empty for a file
public record Overlay(String path, boolean readOnly, Optional<Partition> partition, String type, FileTree tree) {
    /// File systems without what an overlay writes: whiteouts or extended attributes of users.
    private static final List<String> NEVER_WRITTEN =
            List.of("nfs", "nfs4", "lustre", "gpfs", "panfs", "overlay", "ecryptfs", "vfat", "squashfs");

    public Overlay {
        Objects.requireNonNull(path);
        Objects.requireNonNull(partition);
        Objects.requireNonNull(type);
        Objects.requireNonNull(tree);
    }

    /// Opens what `--overlay` names: `path` or `path:ro`, a directory or a file.
    ///
    /// @param workingDirectory what a relative path is relative to
    /// @param volumes keeps a file open
    /// @throws UserException if nothing that can be laid over an image is there
    public static Overlay open(String value, String workingDirectory, Volumes volumes) throws UserException {
        boolean readOnly = value.endsWith(":ro");
        String name = readOnly ? value.substring(0, value.length() - 3) : value;
        String path = name.startsWith("/") ? name : workingDirectory + "/" + name;
        if (!new File(path).isDirectory()) {
            return of(volumes.overlay(path), readOnly);
        }
        var upper = new File(path, "upper");
        boolean written = !readOnly || upper.isDirectory();
        var tree = new DirectoryTree((written ? upper : new File(path)).toPath().resolve("."));
        return new Overlay(readOnly && written ? upper.getPath() : path, readOnly, Optional.empty(), type(path), tree);
    }

    /// Whether a directory on a file system of a type, as the kernel names it, can be an overlay to write to.
    public static boolean isWritableOn(String type) {
        return !NEVER_WRITTEN.contains(type);
    }

    private static String type(String path) throws UserException {
        try {
            return MountTable.current()
                    .typeOf(Path.of(path).toRealPath().toString())
                    .orElse("");
        } catch (IOException unreadable) {
            throw new UserException("cannot look at the overlay " + path + ": " + unreadable.getMessage());
        }
    }

    /// A file system in a file as overlay; one that nobody can write to is read-only.
    public static Overlay of(Volume volume, boolean readOnly) {
        var partition = volume.partition();
        return new Overlay(
                partition.file().toString(),
                readOnly || !volume.isWritable(),
                Optional.of(partition),
                "",
                volume.tree());
    }
}
