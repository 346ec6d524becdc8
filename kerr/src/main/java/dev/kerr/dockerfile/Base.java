package dev.kerr.dockerfile;

import static java.util.Objects.requireNonNull;

/// What a stage begins with.
public sealed interface Base {
    /// Nothing: `FROM scratch`.
    record Scratch() implements Base {}

    /// An image from elsewhere.
    ///
    /// @param reference as it is written, not checked
    record Image(String reference) implements Base {
        public Image {
            requireNonNull(reference);
        }
    }

    /// What an earlier stage of the same file made.
    ///
    /// @param index of the stage, from 0
    record Earlier(int index) implements Base {}

    /// Not known before the global arguments are: {@link GlobalScope#resolve} makes it one of the others.
    record Variable(String expression) implements Base {
        public Variable {
            requireNonNull(expression);
        }
    }
}
