package dev.kerr.transport;

import dev.kerr.layer.LayerBlob;
import dev.kerr.oci.Digest;
import dev.kerr.oci.ImageConfig;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// An image of layers that are at hand.
///
/// @param id the digest of its manifest, or of its configuration where there is no manifest: the same image, the same
/// id
/// @param configBytes its configuration as it is stored
/// @param layers the lowest first
/// @param opened what is to be closed when the layers have been read
public record LayeredImage(
        Digest id, byte[] configBytes, ImageConfig config, List<LayerBlob> layers, AutoCloseable opened)
        implements AutoCloseable {
    public LayeredImage {
        Objects.requireNonNull(id);
        Objects.requireNonNull(configBytes);
        Objects.requireNonNull(config);
        layers = List.copyOf(layers);
        Objects.requireNonNull(opened);
    }

    @Override
    public void close() throws IOException {
        try {
            opened.close();
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }
}
