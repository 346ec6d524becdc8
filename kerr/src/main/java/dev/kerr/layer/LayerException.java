package dev.kerr.layer;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import java.io.IOException;

/// A layer cannot be used: which one, which entry of it, and why.
public final class LayerException extends IOException {
    private final String layer;
    private final String entry;
    private final String problem;

    /// @param layer what messages call it
    /// @param entry its name as it stands in the layer, a byte string; empty for the layer as a whole
    /// @param problem what is wrong, in lower case and without a full stop
    LayerException(String layer, String entry, String problem) {
        super("cannot use layer " + layer + ": " + (entry.isEmpty() ? "" : ByteStrings.printable(entry) + ": ")
                + problem);
        this.layer = requireNonNull(layer);
        this.entry = requireNonNull(entry);
        this.problem = requireNonNull(problem);
    }

    /// A layer does not follow its format.
    LayerException(String layer, FormatException malformed) {
        this(layer, "", malformed.problem() + " at offset " + malformed.offset());
        initCause(malformed);
    }

    /// What messages call the layer.
    public String layer() {
        return layer;
    }

    /// The entry as it stands in the layer, a byte string; empty for the layer as a whole.
    public String entry() {
        return entry;
    }

    /// What is wrong.
    public String problem() {
        return problem;
    }
}
