package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// A path in a root file system as it is on the host, and what is there.
///
/// @param path without any link
record Located(Path path, Kind kind) {
    public Located {
        requireNonNull(path);
        requireNonNull(kind);
    }

    /// What is at a path.
    enum Kind {
        NOTHING,
        DIRECTORY,
        OTHER
    }

    /// Finds it as whoever asks.
    ///
    /// @throws UserException if links lead in a circle or a directory on the way cannot be looked into
    static Located in(Path root, String path) throws UserException {
        Path found = ScopedPath.resolve(root, path);
        if (Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
            return new Located(found, Kind.DIRECTORY);
        }
        return new Located(found, Files.exists(found, LinkOption.NOFOLLOW_LINKS) ? Kind.OTHER : Kind.NOTHING);
    }

    boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    /// As lines of a report.
    List<String> lines() {
        return List.of(kind.name(), path.toString());
    }

    /// Reads what [#lines] makes.
    static Located of(List<String> lines) {
        return new Located(Path.of(lines.get(1)), Kind.valueOf(lines.get(0)));
    }
}
