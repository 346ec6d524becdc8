package dev.kerr.container;

import static java.util.Objects.requireNonNull;

/// What a file system server is to record of a launch: the files of the image, in the order in which they are first
/// read.
///
/// @param file of the host, there already and the caller's, into which the server writes their inode numbers
public record Recording(String file) {
    public Recording {
        requireNonNull(file);
    }
}
