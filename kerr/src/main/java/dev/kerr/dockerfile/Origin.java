package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

/// Where files come from that an instruction copies or mounts.
public sealed interface Origin {
    /// The directory that the build was given.
    record Context() implements Origin {}

    /// An empty tree.
    record Empty() implements Origin {}

    /// What an earlier stage of the same file made.
    ///
    /// @param index of the stage, from 0
    record Stage(int index) implements Origin {}

    /// An image from elsewhere, or a context that the build was given under this name.
    ///
    /// @param reference as it is written, not checked
    record Image(String reference) implements Origin {
        public Image {
            requireNonNull(reference);
        }
    }
}
