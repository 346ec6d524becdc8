package dev.kerr.cli;

import dev.kerr.cache.Cache;
import dev.kerr.linux.Umask;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.Layer;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.ocisif.NewOciSif;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.registry.ImageManifest;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.SifWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fetches images and data containers of a registry whose layers are file systems already, as they are: by the digests
/// that they have there.
final class OciSifFetch {
    private final Session session;
    private final Invocation invocation;
    private final Cache cache;

    OciSifFetch(Session session, Invocation invocation, Cache cache) {
        this.session = session;
        this.invocation = invocation;
        this.cache = cache;
    }

    /// Writes the image to a file, which appears whole or not at all.
    ///
    /// @return whether it is such an image; else nothing has been done
    boolean fetch(Reference reference, Platform platform, Path target) throws UserException, IOException {
        try (RegistryClient client = new RegistryAccess(session, invocation)
                .client(reference.repository().host())) {
            ImageManifest image = client.image(reference, platform);
            Manifest manifest = image.manifest();
            boolean isData = manifest.artifactType().equals(MediaType.DATA_CONTAINER);
            if (!isData && !manifest.isImage() || !isMountable(manifest.imageLayers())) {
                return false;
            }
            session.log().info("Fetching " + reference);
            List<NewLayer> layers = new ArrayList<>();
            for (Descriptor layer : manifest.layers()) {
                Path file = blob(client, reference, layer);
                layers.add(new NewLayer(layer.mediaType(), new ObjectContent.File(file), Optional.of(layer.digest())));
            }
            Descriptor config = manifest.config();
            if (config.size() > ImageConfig.MOST_BYTES) {
                throw new UserException(reference + " has a configuration of " + config.size() + " bytes");
            }
            byte[] configBytes = Files.readAllBytes(blob(client, reference, config));
            session.log().info("Writing " + target);
            var sif = NewOciSif.copy(layers, configBytes, manifest, image.bytes());
            SifWriter.write(target, sif, Umask.executable());
            return true;
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
    }

    private Path blob(RegistryClient client, Reference reference, Descriptor blob) throws IOException {
        return cache.blob(
                blob.digest(), blob.size(), (out, begun) -> client.copy(reference.repository(), blob, begun, out));
    }

    private static boolean isMountable(List<Layer> layers) {
        return !layers.isEmpty() && layers.stream().allMatch(layer -> layer.isFileSystem());
    }
}
