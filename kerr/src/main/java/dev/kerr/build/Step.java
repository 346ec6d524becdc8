package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.util.Optional;

/// One step of a stage: what it does to the root file system that the steps before it left.
///
/// @param name in messages, as `%post`
/// @param inputs all that its result depends on besides that file system, as a text; empty if nobody can say: then
///     neither its result nor those after it are kept
/// @param weight whether its result may be worth keeping
/// @param room that it takes at least
record Step(String name, Optional<String> inputs, Weight weight, Room room, Work work) {
    Step {
        requireNonNull(name);
        requireNonNull(inputs);
        requireNonNull(weight);
        requireNonNull(room);
        requireNonNull(work);
    }

    /// A step of which nobody knows what room it takes.
    Step(String name, Optional<String> inputs, Weight weight, Work work) {
        this(name, inputs, weight, Room.UNKNOWN, work);
    }

    /// What a step takes.
    enum Weight {
        /// Little more than having its result back would.
        LIGHT,
        /// As long as it takes.
        HEAVY
    }

    /// Does the step.
    @FunctionalInterface
    interface Work {
        void perform() throws IOException, UserException;
    }
}
