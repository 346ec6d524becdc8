package dev.kerr.cli;

import dev.kerr.build.LayeredBuild;
import dev.kerr.build.OciSifBuild;
import dev.kerr.build.PackSettings;
import dev.kerr.cache.Cache;
import dev.kerr.linux.Terminal;
import dev.kerr.log.Log;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.oci.Platform;
import dev.kerr.oci.Reference;
import dev.kerr.registry.ImageManifest;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.remote.HubReference;
import dev.kerr.remote.LibraryReference;
import dev.kerr.sif.Stamp;
import dev.kerr.transport.DockerDaemon;
import dev.kerr.transport.ImageSource;
import dev.kerr.transport.LayeredImage;
import dev.kerr.transport.LayeredImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Makes SIF files of images from elsewhere.
final class ImageFetcher {
    private static final int STANDARD_ERROR = 2;

    private final Session session;
    private final Invocation invocation;
    private final PackSettings packing;
    private final Cache cache;

    /// @param packing how images of layers are packed
    ImageFetcher(Session session, Invocation invocation, PackSettings packing, Cache cache) {
        this.session = session;
        this.invocation = invocation;
        this.packing = packing;
        this.cache = cache;
    }

    /// Writes the image to a file, which appears whole or not at all.
    ///
    /// @param spelling of the source, as the user wrote it
    void fetch(ImageSource source, String spelling, Path target) throws UserException, IOException {
        put(source, spelling, new Destination.File(target));
    }

    /// The image in the cache, where it is made if it is not there.
    Path cached(ImageSource source, String spelling) throws UserException, IOException {
        return put(source, spelling, new Destination.Kept(cache));
    }

    private Path put(ImageSource source, String spelling, Destination destination) throws UserException, IOException {
        var access = new RegistryAccess(session, invocation);
        try (var bars = new Bars(session.log());
                RegistryClient client = access.client(host(source));
                WebClient web = access.web()) {
            var images = new LayeredImages(client, cache, platform(), bars.next());
            var files = new SifFetcher(session, invocation, cache, destination);
            return switch (source) {
                case ImageSource.Registry(Reference reference) -> {
                    ImageManifest manifest = images.manifest(reference);
                    yield destination.make(
                            Cache.Type.OCI, manifest.reference().digest().orElseThrow(), file -> {
                                session.log().info("Fetching " + reference);
                                try (LayeredImage image = images.fetch(reference, manifest)) {
                                    convert(image, spelling, file, bars);
                                }
                            });
                }
                case ImageSource.Local local -> {
                    try (LayeredImage image = images.open(local)) {
                        yield destination.make(
                                Cache.Type.OCI, image.id(), file -> convert(image, spelling, file, bars));
                    }
                }
                case ImageSource.Daemon(String name) -> {
                    var daemon = DockerDaemon.of(invocation.value("docker-host"), session.variables());
                    yield destination.make(Cache.Type.OCI, daemon.id(name), file -> {
                        session.log().info("Fetching " + spelling);
                        Path temporary = session.directories().temporary();
                        try (LayeredImage image = images.open(daemon, name, temporary)) {
                            convert(image, spelling, file, bars);
                        }
                    });
                }
                case ImageSource.Oras(Reference reference) ->
                    files.oras(client, reference, images.manifest(reference).manifest(), bars.next());
                case ImageSource.Library(LibraryReference reference) ->
                    files.library(web, reference, platform().architecture(), bars.next());
                case ImageSource.Hub(HubReference reference) -> files.hub(web, reference, bars.next());
                case ImageSource.Net net -> files.net(web, net, bars.next());
            };
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
    }

    /// Writes an image that is open, as the options want it.
    void convert(LayeredImage image, String spelling, Path target) throws UserException, IOException {
        try (var bars = new Bars(session.log())) {
            convert(image, spelling, target, bars);
        }
    }

    private void convert(LayeredImage image, String spelling, Path target, Bars bar) throws UserException, IOException {
        session.log().info("Converting " + spelling);
        if (FileKind.of(invocation) instanceof FileKind.OciSif(OciSifBuild.LayersKept kept)) {
            new OciSifBuild(packing, kept, bar.next()).write(image, target);
            return;
        }
        var clock = session.clock();
        var now = clock.instant().atZone(clock.getZone());
        var stamp = session.isReproducible() ? Stamp.reproducible(clock.instant()) : Stamp.fresh(clock);
        int colon = spelling.indexOf(':');
        String from = spelling.substring(colon + 1);
        new LayeredBuild(Version.TEXT, packing, stamp, now, session.log())
                .write(
                        image,
                        spelling.substring(0, colon),
                        from.startsWith("//") ? from.substring(2) : from,
                        target,
                        bar.next());
    }

    private static String host(ImageSource source) {
        return switch (source) {
            case ImageSource.Registry(Reference reference) ->
                reference.repository().host();
            case ImageSource.Oras(Reference reference) -> reference.repository().host();
            case ImageSource.Local _,
                    ImageSource.Daemon _,
                    ImageSource.Library _,
                    ImageSource.Hub _,
                    ImageSource.Net _ -> "";
        };
    }

    Platform platform() throws UserException {
        var architecture = invocation.value("arch");
        if (architecture.isPresent()) {
            return Platform.linux(
                    architecture.get(), invocation.value("arch-variant").orElse(""));
        }
        var platform = invocation.value("platform");
        return platform.isPresent()
                ? Platform.parse(platform.get())
                : Platform.ofHost(System.getProperty("os.arch", ""));
    }

    /// One bar after the other, on a terminal.
    private static final class Bars implements AutoCloseable {
        private final Log log;
        private Optional<ProgressBar> shown = Optional.empty();

        Bars(Log log) {
            this.log = log;
        }

        Optional<ProgressBar> next() {
            close();
            shown = ProgressBar.below(log, Terminal.columns(STANDARD_ERROR));
            return shown;
        }

        @Override
        public void close() {
            shown.ifPresent(ProgressBar::close);
        }
    }
}
