package dev.kerr.bytes;

import java.io.IOException;

/// A file does not follow its format: what is wrong, and at which byte of the file.
public final class FormatException extends IOException {
    private final String problem;
    private final long offset;

    /// @param problem what is wrong, naming the field, in lower case and without a full stop: `bad SIF magic`
    /// @param offset where, in bytes from the start of the file
    public FormatException(String problem, long offset) {
        super(problem + " at offset " + offset);
        this.problem = problem;
        this.offset = offset;
    }

    /// What is wrong, without the offset.
    public String problem() {
        return problem;
    }

    /// Where it is wrong, in bytes from the start of the file. Inside a compressed block this is where the block
    /// begins.
    public long offset() {
        return offset;
    }
}
