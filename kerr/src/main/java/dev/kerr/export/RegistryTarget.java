package dev.kerr.export;

import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.BlobContent;
import dev.kerr.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/// A name in a registry that an image is put under.
public record RegistryTarget(Reference reference) {
    public RegistryTarget {
        Objects.requireNonNull(reference);
    }

    /// @throws UserException if the name has a digest, which only the content decides
    public void check() throws UserException {
        if (reference.digest().isPresent()) {
            throw new UserException(
                    "an image cannot be pushed under a digest: " + reference, "name a tag: NAME:TAG, without @DIGEST");
        }
    }

    /// Uploads what of the image the registry does not have, and then gives it its name.
    ///
    /// @param bar shows how much of the layer is sent
    /// @return the reference by digest
    public Reference write(OneLayerImage image, RegistryClient client, Optional<ProgressBar> bar) throws IOException {
        Descriptor layer = image.layer().descriptor();
        bar.ifPresent(shown -> shown.expect(layer.size()));
        upload(client, layer, () -> shown(image.layer().open(), bar));
        upload(client, image.config(), () -> new ByteArrayInputStream(image.configBytes()));
        return client.putManifest(reference, MediaType.OCI_MANIFEST, image.manifestBytes());
    }

    private void upload(RegistryClient client, Descriptor blob, BlobContent content) throws IOException {
        Repository repository = reference.repository();
        if (!client.has(repository, blob.digest())) {
            client.upload(repository, blob, content);
        }
    }

    private static InputStream shown(InputStream in, Optional<ProgressBar> bar) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int count = super.read(into, from, length);
                bar.ifPresent(shown -> shown.advance(Math.max(0, count)));
                return count;
            }
        };
    }
}
