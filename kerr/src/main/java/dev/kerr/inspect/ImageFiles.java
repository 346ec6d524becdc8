package dev.kerr.inspect;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Read-only look into the files of an image, whatever kind of image it is.
public interface ImageFiles {
    /// The content of the regular file at an absolute path of the image; empty if there is none.
    Optional<byte[]> read(String path) throws IOException;

    /// The names in the directory at an absolute path of the image, in any order; none if there is no such
    /// directory.
    List<String> list(String directory) throws IOException;
}
