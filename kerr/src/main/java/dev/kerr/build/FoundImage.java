package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The image that a definition starts from.
///
/// @param content a text that is the same only if the image is; empty if nobody can say
record FoundImage(BaseImage image, Optional<String> content) {
    FoundImage {
        requireNonNull(image);
        requireNonNull(content);
    }

    /// @param path absolute
    /// @param spelling of the path, for messages
    /// @throws UserException if there is no such image, or it is of a kind that cannot be unpacked
    static FoundImage open(Path path, String spelling) throws IOException, UserException {
        BaseImage image = BaseImage.open(path, spelling);
        return new FoundImage(
                image, image instanceof BaseImage.Squashfs file ? InputDigest.version(file.path()) : Optional.empty());
    }
}
