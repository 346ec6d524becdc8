package dev.kerr.container;

import dev.kerr.linux.Inputs;
import java.util.Objects;

/// When a plan may be performed again, without planning.
///
/// @param imageWord index of the image in the C program's arguments: what is behind it are the payload's words, which a
///     plan does not depend on
/// @param fewestWords so many of these there must be
/// @param said what the user was told while it was made: whole lines, to be told each time
/// @param inputs what must be as it was
public record Reuse(int imageWord, int fewestWords, String said, Inputs inputs) {
    public Reuse {
        Objects.requireNonNull(said);
        Objects.requireNonNull(inputs);
    }
}
