package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import java.io.IOException;

/// A tree cannot be written as a SquashFS file system: which file of it, and why.
public final class InvalidTreeException extends IOException {
    private final String path;
    private final String problem;

    /// @param path byte string of the file from the root; empty for the tree as a whole
    /// @param problem what is wrong, in lower case and without a full stop: `name longer than 255 bytes`
    public InvalidTreeException(String path, String problem) {
        super("cannot pack " + (path.isEmpty() ? "the tree" : ByteStrings.printable(path)) + ": " + problem);
        this.path = path;
        this.problem = problem;
    }

    /// The file, a byte string from the root; empty for the tree as a whole.
    public String path() {
        return path;
    }

    /// What is wrong.
    public String problem() {
        return problem;
    }
}
