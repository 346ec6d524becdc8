package dev.kerr.container;

import dev.kerr.image.DirectoryTree;
import dev.kerr.image.FileTree;
import dev.kerr.image.Partition;
import dev.kerr.log.UserException;
import java.io.File;
import java.util.Objects;
import java.util.Optional;

/// A file system that the user lays over the image.
///
/// @param path absolute, of the directory or file
/// @param partition the file system in a file; empty for a directory
/// @param tree what is in it, as far as the planner can read it
public record Overlay(String path, boolean readOnly, Optional<Partition> partition, FileTree tree) {
    public Overlay {
        Objects.requireNonNull(path);
        Objects.requireNonNull(partition);
        Objects.requireNonNull(tree);
    }

    /// Opens what `--overlay` names: `path` or `path:ro`, a directory or a file.
    ///
    /// @param workingDirectory what a relative path is relative to
    /// @throws UserException if nothing that can be laid over an image is there
    public static Overlay open(String value, String workingDirectory) throws UserException {
        boolean readOnly = value.endsWith(":ro");
        String name = readOnly ? value.substring(0, value.length() - 3) : value;
        String path = name.startsWith("/") ? name : workingDirectory + "/" + name;
        if (!new File(path).isDirectory()) {
            throw new UserException("overlay " + name + " is no directory", "images as overlays are not yet available");
        }
        var upper = new File(path, "upper");
        boolean written = !readOnly || upper.isDirectory();
        var tree = new DirectoryTree((written ? upper : new File(path)).toPath().resolve("."));
        return new Overlay(readOnly && written ? upper.getPath() : path, readOnly, Optional.empty(), tree);
    }
}
