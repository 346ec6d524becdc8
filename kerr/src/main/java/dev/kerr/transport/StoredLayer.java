package dev.kerr.transport;

import dev.kerr.layer.LayerBlob;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/// A layer that lies in a file, or in a stretch of one.
///
/// @param diffId `sha256:` and the digits
record StoredLayer(String name, Opening opening, Optional<String> diffId) implements LayerBlob {
    /// Opens the layer at its first byte.
    interface Opening {
        InputStream open() throws IOException;
    }

    StoredLayer {
        Objects.requireNonNull(name);
        Objects.requireNonNull(opening);
        Objects.requireNonNull(diffId);
    }

    @Override
    public InputStream open() throws IOException {
        return opening.open();
    }
}
