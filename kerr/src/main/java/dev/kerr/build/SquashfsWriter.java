package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;

/// Writes a directory tree as a SquashFS file.
public interface SquashfsWriter {
    /// Writes `rootfs` with its ids as root of the build sees them to the new file `output`.
    ///
    /// @throws UserException if the file could not be written completely
    void write(Path rootfs, Path output) throws IOException, UserException;
}
