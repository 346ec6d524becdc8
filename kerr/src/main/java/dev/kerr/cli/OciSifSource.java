package dev.kerr.cli;

import dev.kerr.build.OciSifLayers;
import dev.kerr.build.PackSettings;
import dev.kerr.bytes.FormatException;
import dev.kerr.cache.Cache;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.transport.LayeredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An OCI-SIF file as what another image is made from.
final class OciSifSource {
    private final Session session;
    private final Invocation invocation;
    private final PackSettings packing;
    private final String name;

    /// @param name of the file, as the user wrote it
    OciSifSource(Session session, Invocation invocation, PackSettings packing, String name) {
        this.session = session;
        this.invocation = invocation;
        this.packing = packing;
        this.name = name;
    }

    /// Whether a file is one; what is no file is not.
    ///
    /// @throws UserException if it is a SIF that is damaged
    static boolean is(String name) throws UserException, IOException {
        Path file = Path.of(name);
        try {
            return Files.isRegularFile(file) && OciSifPush.takes(file);
        } catch (FormatException malformed) {
            throw Images.damaged(name, malformed);
        }
    }

    /// Makes another file of its layers, as the options want it.
    void writeTo(Path target) throws UserException, IOException {
        try (var store = new CacheStore(session, invocation);
                LayeredImage image = OciSifLayers.open(name)) {
            convert(image, store.cache(), target);
        }
    }

    /// Its layers as one file system, in a SIF in the cache.
    Path merged() throws UserException, IOException {
        try (var store = new CacheStore(session, invocation);
                LayeredImage image = OciSifLayers.open(name)) {
            return store.cache()
                    .image(Cache.Type.OCI, image.id().hex(), (Path file) -> convert(image, store.cache(), file));
        }
    }

    private void convert(LayeredImage image, Cache cache, Path target) throws UserException, IOException {
        new ImageFetcher(session, invocation, packing, cache).convert(image, "oci-sif:" + name, target);
    }
}
