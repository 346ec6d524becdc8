package dev.kerr.cli;

import dev.kerr.cache.Cache;
import dev.kerr.image.Images;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.ProgressStream;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebFile;
import dev.kerr.registry.WebRequest;
import dev.kerr.remote.Hub;
import dev.kerr.remote.HubReference;
import dev.kerr.remote.LibraryImage;
import dev.kerr.remote.LibraryReference;
import dev.kerr.transport.ImageSource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// Fetches images that are files where they are: they go through the cache as they are.
final class SifFetcher {
    private final Session session;
    private final Invocation invocation;
    private final Cache cache;
    private final Destination destination;

    SifFetcher(Session session, Invocation invocation, Cache cache, Destination destination) {
        this.session = session;
        this.invocation = invocation;
        this.cache = cache;
        this.destination = destination;
    }

    /// The only layer of an artifact in a registry.
    Path oras(RegistryClient client, Reference reference, Manifest manifest, Optional<ProgressBar> bar)
            throws UserException, IOException {
        if (!manifest.isSif()) {
            throw new UserException(
                    reference + " holds no SIF",
                    manifest.isImage() ? "it is an image of layers: docker://" + reference : "");
        }
        Descriptor layer = manifest.layers().getFirst();
        return destination.take(cache.content(Cache.Type.ORAS, layer.digest(), layer.size(), (out, begun) -> {
            session.log().info("Fetching " + reference);
            bar.ifPresent(shown -> shown.expect(layer.size()));
            client.copy(reference.repository(), layer, begun, ProgressStream.behind(begun, out, bar));
        }));
    }

    /// An image of a library.
    Path library(WebClient web, LibraryReference reference, String architecture, Optional<ProgressBar> bar)
            throws UserException, IOException {
        var library = new RemoteAccess(session, invocation).library(web, reference);
        session.log().verbose("The library is " + library.address());
        LibraryImage image = library.find(reference, architecture);
        return take(Cache.Type.LIBRARY, "sha256." + image.digest().hex(), file -> {
            session.log().info("Fetching " + reference);
            write(library.open(image), file, reference.toString(), bar);
        });
    }

    /// An image of a Singularity Hub.
    Path hub(WebClient web, HubReference reference, Optional<ProgressBar> bar) throws UserException, IOException {
        var hub = new Hub(web, invocation.flag("no-https"));
        Hub.Image image = hub.find(reference);
        Cache.Making<UserException> making = file -> {
            session.log().info("Fetching " + reference);
            write(hub.open(image), file, reference.toString(), bar);
        };
        return take(Cache.Type.SHUB, key(image.address() + image.commit()), making);
    }

    /// A file of the web; it is fetched anew if the server does not say whether it is the same as before.
    ///
    /// **Source:** apptainer `internal/pkg/client/net/pull.go` for the name in the cache.
    Path net(WebClient web, ImageSource.Net source, Optional<ProgressBar> bar) throws UserException, IOException {
        URI shown = source.shown();
        String user = source.uri().getRawUserInfo();
        WebRequest request = WebRequest.of("get " + shown, shown).authorized(user == null ? "" : basic(user), "");
        String state = web.state(request).orElseGet(() -> UUID.randomUUID().toString());
        return take(Cache.Type.NET, key(shown + state), file -> {
            session.log().info("Fetching " + shown);
            write(web.open(request), file, shown.toString(), bar);
        });
    }

    /// What stands in an address is for addresses: `%40` for `@`.
    private static String basic(String user) {
        String plain = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    private static String key(String text) {
        return Digest.ofContent(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private Path take(Cache.Type type, String name, Cache.Making<UserException> making)
            throws UserException, IOException {
        return destination.take(cache.image(type, name, making));
    }

    private static void write(WebFile source, Path file, String name, Optional<ProgressBar> bar)
            throws UserException, IOException {
        source.size().ifPresent(bytes -> bar.ifPresent(shown -> shown.expect(bytes)));
        try (source;
                OutputStream out = newFile(file, bar)) {
            source.content().transferTo(out);
        }
        if (!Images.isImage(file.toString())) {
            throw new UserException(name + " is no image: neither SIF nor SquashFS", "is it a page about the image?");
        }
    }

    private static OutputStream newFile(Path file, Optional<ProgressBar> bar) throws IOException {
        return new ProgressStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), bar);
    }
}
