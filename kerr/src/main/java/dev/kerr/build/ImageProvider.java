package dev.kerr.build;

import dev.kerr.integrity.KeySource;
import dev.kerr.integrity.Keyring;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Has images from elsewhere at hand.
public interface ImageProvider {
    /// The image as a SIF file, which nobody removes while the build goes on.
    ///
    /// @param source `docker://alpine`, `oci:directory`
    /// @throws UserException if it cannot be had
    Path sif(String source) throws IOException, UserException;

    /// Where public keys of those who sign images are.
    default KeySource keys() {
        return new Keyring(List.of());
    }

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
