package dev.kerr.build;

import dev.kerr.log.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What a writable overlay is to be: its size, and the directories in it.
///
/// @param sizeBytes of the file system, a whole number of MiB from [#LEAST_MEBIBYTES] to [#MOST_MEBIBYTES]
/// @param directories below `upper`, each relative and without `..`
/// @param owner of `upper`, `work` and the directories
public record OverlayLayout(long sizeBytes, Space space, List<Path> directories, Ids owner) {
    /// The least that the field's programs make.
    public static final long LEAST_MEBIBYTES = 64;

    /// What 32-bit numbers of blocks of 4 KiB reach, less one.
    public static final long MOST_MEBIBYTES = (1L << 24) - 1;

    private static final int MEBIBYTE_SHIFT = 20;

    public OverlayLayout {
        long mebibytes = sizeBytes >> MEBIBYTE_SHIFT;
        if (mebibytes < LEAST_MEBIBYTES || mebibytes > MOST_MEBIBYTES || mebibytes << MEBIBYTE_SHIFT != sizeBytes) {
            throw new IllegalArgumentException("size of an overlay: " + sizeBytes);
        }
        Objects.requireNonNull(space);
        directories = List.copyOf(directories);
        Objects.requireNonNull(owner);
    }

    /// When the blocks of the file are taken.
    public enum Space {
        /// All of them now: writing into the overlay never finds the disk full.
        ALLOCATED,
        /// Each when it is first written to.
        SPARSE
    }

    /// A user and a group, unsigned.
    public record Ids(int uid, int gid) {
        /// Who `--fakeroot` is in a container.
        public static final Ids ROOT = new Ids(0, 0);
    }

    /// Reads the directories that a user names, relative to the container's root whether they begin with `/` or not.
    ///
    /// @throws UserException if one leads out of the root, or has control characters in its name
    public static List<Path> directories(List<String> names) throws UserException {
        var directories = new ArrayList<Path>();
        for (String name : names) {
            if (name.chars().anyMatch(Character::isISOControl)) {
                throw new UserException("directory " + name + " of the overlay has control characters in its name");
            }
            Path given = Path.of(name);
            int parts = given.getNameCount();
            Path relative = parts == 0 ? Path.of("") : given.subpath(0, parts);
            for (Path part : relative) {
                if (part.toString().equals("..")) {
                    throw new UserException(
                            "directory " + name + " of the overlay leads out of it", "name it without ..");
                }
            }
            directories.add(relative);
        }
        return directories;
    }
}
