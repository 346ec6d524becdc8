package dev.kerr.transport;

import dev.kerr.bytes.FutureResult;
import dev.kerr.cache.Cache;
import dev.kerr.layer.LayerBlob;
import dev.kerr.log.Meter;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.ProgressStream;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.Layer;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import dev.kerr.registry.ImageManifest;
import dev.kerr.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Brings images of layers here: those of registries into the cache, as far as they are not there yet.
public final class LayeredImages {
    private static final int DOWNLOADS_AT_ONCE = 4;

    /// Of a layer's digest, to tell it from others on the terminal.
    private static final int NAME_DIGITS = 12;

    private final RegistryClient client;
    private final Cache cache;
    private final Platform platform;
    private final Optional<ProgressBar> bar;

    /// @param platform that the image is to run on
    /// @param bar shows how much has come
    public LayeredImages(RegistryClient client, Cache cache, Platform platform, Optional<ProgressBar> bar) {
        this.client = Objects.requireNonNull(client);
        this.cache = Objects.requireNonNull(cache);
        this.platform = Objects.requireNonNull(platform);
        this.bar = Objects.requireNonNull(bar);
    }

    /// The manifest of an image in a registry.
    ///
    /// @throws IOException if there is none for the platform
    public ImageManifest manifest(Reference reference) throws IOException {
        return client.image(reference, platform);
    }

    /// An image of a registry, all of it in the cache.
    ///
    /// @throws UserException if it is no image of layers
    public LayeredImage fetch(Reference reference, ImageManifest image) throws UserException, IOException {
        Manifest manifest = image.manifest();
        if (!manifest.isImage()) {
            throw new UserException(
                    reference + " is no image to run: it is "
                            + manifest.config().mediaType(),
                    manifest.isSif()
                            ? "it is a SIF: oras://" + reference
                            : manifest.artifactType().equals(MediaType.DATA_CONTAINER)
                                    ? "it is a data container: kerr pull --oci docker://" + reference
                                    : "");
        }
        List<Layer> layers = manifest.imageLayers();
        requireArchives(reference.toString(), layers, "kerr pull --oci docker://" + reference);
        requireGivenAway(reference.toString(), layers);
        Repository repository = reference.repository();
        byte[] bytes = Files.readAllBytes(blob(repository, manifest.config(), Optional.empty()));
        ImageConfig config = ImageConfig.read(bytes);
        List<Path> files = fetch(repository, layers);
        var blobs = new ArrayList<LayerBlob>();
        for (int i = 0; i < layers.size(); i++) {
            Path file = files.get(i);
            blobs.add(new StoredLayer(
                    layers.get(i).descriptor().digest().toString(),
                    () -> Files.newInputStream(file),
                    diffId(config, manifest, i)));
        }
        var id = image.reference().digest().orElseThrow();
        return new LayeredImage(id, bytes, config, blobs, () -> {});
    }

    /// Refuses layers that are no archives.
    ///
    /// @param hint what to do with them instead
    static void requireArchives(String name, List<Layer> layers, String hint) throws UserException {
        for (Layer layer : layers) {
            if (layer.isFileSystem()) {
                throw new UserException(
                        name + " has layers that are file systems to be mounted, of the media type "
                                + layer.descriptor().mediaType(),
                        hint);
            }
        }
    }

    /// An image on this host.
    public LayeredImage open(ImageSource.Local source) throws UserException, IOException {
        return new LocalImages(source, platform).open();
    }

    /// An image of a daemon, all of it in a file that is there for as long as the image is open.
    ///
    /// @param directory for the file
    public LayeredImage open(DockerDaemon daemon, String image, Path directory) throws UserException, IOException {
        return LocalImages.ofDaemon(image, daemon.export(image, directory, bar), platform);
    }

    /// Refuses layers that are to be had from their makers only.
    static void requireGivenAway(String image, List<Layer> layers) throws UserException {
        for (Layer layer : layers) {
            if (layer.isForeign()) {
                throw new UserException(
                        image + " has layers that are not given away by registries: "
                                + layer.descriptor().digest(),
                        "such images are for Windows");
            }
        }
    }

    /// The digest of a layer without its compression, if the configuration knows as many as there are layers.
    static Optional<String> diffId(ImageConfig config, Manifest manifest, int layer) {
        boolean known = config.diffIds().size() == manifest.layers().size();
        return known ? Optional.of(config.diffIds().get(layer).toString()) : Optional.empty();
    }

    private List<Path> fetch(Repository repository, List<Layer> layers) throws IOException {
        long bytes = 0;
        for (Layer layer : layers) {
            bytes += layer.descriptor().size();
        }
        long all = bytes;
        bar.ifPresent(shown -> shown.expect(all));
        var futures = new ArrayList<Future<Path>>();
        try (var threads = Executors.newFixedThreadPool(DOWNLOADS_AT_ONCE)) {
            try {
                for (Layer layer : layers) {
                    futures.add(threads.submit(() -> layer(repository, layer.descriptor())));
                }
                var files = new ArrayList<Path>();
                for (Future<Path> future : futures) {
                    files.add(FutureResult.of(future, "fetching layers"));
                }
                return files;
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private Path layer(Repository repository, Descriptor layer) throws IOException {
        if (bar.isEmpty()) {
            return blob(repository, layer, bar);
        }
        String name = layer.digest().hex().substring(0, NAME_DIGITS);
        try (var part = bar.get().part(name, layer.size())) {
            return blob(repository, layer, Optional.of(part));
        }
    }

    private Path blob(Repository repository, Descriptor descriptor, Optional<? extends Meter> meter)
            throws IOException {
        return cache.blob(
                descriptor.digest(),
                descriptor.size(),
                (out, begun) -> client.copy(repository, descriptor, begun, ProgressStream.behind(begun, out, meter)));
    }
}
