package dev.kerr.remote;

import dev.kerr.oci.Digest;
import java.util.Objects;
import java.util.OptionalLong;

/// What a library says of an image.
///
/// @param size in bytes, if it says
public record LibraryImage(LibraryReference reference, String architecture, Digest digest, OptionalLong size) {
    public LibraryImage {
        Objects.requireNonNull(reference);
        Objects.requireNonNull(architecture);
        Objects.requireNonNull(digest);
        Objects.requireNonNull(size);
    }
}
