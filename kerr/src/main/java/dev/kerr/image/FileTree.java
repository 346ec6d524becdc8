package dev.kerr.image;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A tree of files that is looked into, not run: an image without mounting it, a sandbox, the host.
///
/// Paths are absolute, without `.`, `..` or doubled slashes, and no component of them but the last may be a symbolic
/// link: [PathResolver] makes such paths. Nothing here follows a link.
public interface FileTree {
    /// What is at a path; empty if nothing is, or nothing that we may see.
    Optional<Node> node(String path) throws IOException;

    /// The content of a regular file of at most `limit` bytes.
    ///
    /// @throws IOException if it is larger, no regular file, or unreadable
    byte[] read(String path, int limit) throws IOException;

    /// The names in a directory, in no particular order; empty if it is no directory.
    List<String> list(String path) throws IOException;

    /// The kinds of file that matter to a launch.
    enum Kind {
        DIRECTORY,
        FILE,
        SYMLINK,
        OTHER
    }

    /// What is at a path.
    ///
    /// @param permissions the low twelve bits of `st_mode`
    /// @param link what a symbolic link points to; empty for others
    record Node(Kind kind, int permissions, String link) {
        public boolean isDirectory() {
            return kind == Kind.DIRECTORY;
        }

        public boolean isSymlink() {
            return kind == Kind.SYMLINK;
        }
    }
}
