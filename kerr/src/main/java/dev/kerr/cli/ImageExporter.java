package dev.kerr.cli;

import dev.kerr.build.PackSettings;
import dev.kerr.export.ExportSettings;
import dev.kerr.export.LayerFormat;
import dev.kerr.export.LocalTarget;
import dev.kerr.export.OneLayerImage;
import dev.kerr.export.RegistryTarget;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.linux.Terminal;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Makes OCI images of images of ours, and puts them where Docker and its like find them.
final class ImageExporter {
    private final Session session;
    private final Invocation invocation;
    private final ExportSettings settings;

    /// @throws UsageException if an option has no such value
    ImageExporter(Session session, Invocation invocation) throws UsageException, UserException {
        this.session = session;
        this.invocation = invocation;
        this.settings = settings(session, invocation);
    }

    ExportSettings settings() {
        return settings;
    }

    /// Puts an image into a registry.
    ///
    /// @param image a file or a directory, as the user wrote it
    void export(String image, RegistryTarget place) throws UserException, IOException {
        place.check();
        try (OneLayerImage made = pack(image);
                RegistryClient client = new RegistryAccess(session, invocation)
                        .client(place.reference().repository().host())) {
            session.log().info("Pushing " + image + " to " + place.reference());
            Reference pushed = upload(made, place, client);
            session.log().info("Push complete: " + pushed);
        }
    }

    /// Puts an image into a layout or an archive.
    ///
    /// @param image a file or a directory, as the user wrote it
    void export(String image, LocalTarget place, LocalTarget.Existing existing) throws UserException, IOException {
        place.check(existing);
        try (OneLayerImage made = pack(image)) {
            session.log().info("Writing " + place.path());
            place.write(made);
        }
    }

    private OneLayerImage pack(String name) throws UserException, IOException {
        Optional<ProgressBar> bar = bar();
        try (Image image = Images.open(name)) {
            session.log().info("Packing " + name + " as a layer");
            long now = session.clock().instant().getEpochSecond();
            return OneLayerImage.of(name, image, settings, now, bar, session.log());
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    private Reference upload(OneLayerImage image, RegistryTarget place, RegistryClient client)
            throws UserException, IOException {
        Optional<ProgressBar> bar = bar();
        try {
            return place.write(image, client, bar);
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        } finally {
            bar.ifPresent(ProgressBar::close);
        }
    }

    private Optional<ProgressBar> bar() {
        return ProgressBar.below(session.log(), Terminal.columns(Terminal.STANDARD_ERROR));
    }

    private static ExportSettings settings(Session session, Invocation invocation)
            throws UsageException, UserException {
        String named = invocation.value("layer-format").orElse("gzip");
        LayerFormat format = LayerFormat.parse(named)
                .orElseThrow(() -> new UsageException(
                        "--layer-format " + named + ": not " + LayerFormat.FORMS, Optional.of(invocation.command())));
        PackSettings packing = PackOptions.of(invocation, session.config().packing());
        return new ExportSettings(format, packing.effort().threads(), temporary(session, invocation), Version.TEXT);
    }

    private static Path temporary(Session session, Invocation invocation) throws UserException {
        Path directory = invocation
                .value("tmpdir")
                .map(Path::of)
                .orElse(session.directories().temporary());
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new UserException(
                    "temporary directory " + directory + " is no directory that may be written to",
                    "name another with --tmpdir or KERR_TMPDIR");
        }
        return directory.toAbsolutePath();
    }
}
