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

    /// Fetches a file.
    ///
    /// @param url of HTTP or HTTPS
    /// @param checksum what its digest must be, as `sha256:HEX`; empty if anything will do
    /// @param file that is not there yet
    /// @throws UserException if it cannot be had, or is another
    default void file(String url, String checksum, Path file) throws IOException, UserException {
        throw new UserException("cannot fetch " + url + ": this build has no way to fetch files");
    }
}
