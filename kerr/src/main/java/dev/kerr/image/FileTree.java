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

    /// The content of a regular file, read as it is asked for.
    ///
    /// @throws IOException if it is no regular file, is unreadable, or this tree gives no parts of files
    default Content content(String path) throws IOException {
        throw new IOException(path + " cannot be read in parts");
    }

    /// The names in a directory, in no particular order; empty if it is no directory.
    List<String> list(String path) throws IOException;

    /// Whether a directory hides, when this tree lies over others, all that they have there.
    default boolean isOpaque(String path) throws IOException {
        return false;
    }

    /// The directories that hide what lies below, and say so in no way that a mount obeys which honours an extended
    /// attribute of this name.
    ///
    /// @param honoured `trusted.overlay.opaque` or `user.overlay.opaque`
    default List<String> opaqueWithout(String honoured) throws IOException {
        return List.of();
    }

    /// Bytes that lie somewhere. The tree must still be open when they are read.
    interface Content extends AutoCloseable {
        long size() throws IOException;

        /// Reads `length` bytes at `at` into the start of `into`.
        ///
        /// @return whether there were so many
        boolean read(long at, byte[] into, int length) throws IOException;

        @Override
        void close() throws IOException;
    }

    /// The kinds of file that matter to a launch.
    enum Kind {
        DIRECTORY,
        FILE,
        SYMLINK,
        /// A character device 0:0, which in an overlay hides what is below it.
        WHITEOUT,
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
