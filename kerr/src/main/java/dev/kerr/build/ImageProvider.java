package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;

/// Has images from elsewhere at hand.
public interface ImageProvider {
    /// The image as a SIF file, which nobody removes while the build goes on.
    ///
    /// @param source `docker://alpine`, `oci:directory`
    /// @throws UserException if it cannot be had
    Path sif(String source) throws IOException, UserException;
}
