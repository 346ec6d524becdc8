package dev.kerr.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// A layer as it is stored: a tar archive, plain or compressed with gzip or zstd.
public interface LayerBlob {
    /// What messages call it: `sha256:1f3a…`.
    String name();

    /// Opens it at its first byte. It is opened twice, while others may be open too, and closed each time.
    InputStream open() throws IOException;

    /// The digest of the layer without its compression, `sha256:` and 64 hexadecimal digits, which it is then held
    /// against; empty where nobody says.
    Optional<String> diffId();

    /// Whether its entries count only where the layers before it have a directory, and nothing of that name in it.
    default boolean fillsGaps() {
        return false;
    }
}
