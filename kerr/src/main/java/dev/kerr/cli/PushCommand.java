package dev.kerr.cli;

import dev.kerr.export.LocalTarget;
import dev.kerr.export.RegistryTarget;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import dev.kerr.remote.LibraryReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// `push`: a SIF becomes the one layer of an artifact in a registry; or any image, an OCI image of one layer.
///
/// **Source:** sylabs/singularity `internal/pkg/client/oras`, the media types; the OCI annotations' specification.
final class PushCommand {
    private static final String TITLE = "org.opencontainers.image.title";

    private final Session session;
    private final Invocation invocation;

    PushCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        if (operands.size() != 2) {
            throw new UsageException("push needs an image and where it goes", Optional.of(Command.PUSH));
        }
        String image = operands.getFirst();
        switch (PushTarget.parse(operands.get(1))) {
            case PushTarget.Oras(Reference reference) -> push(sif(image, "oras"), reference);
            case PushTarget.Library(LibraryReference reference) ->
                new LibraryPush(session, invocation).push(sif(image, "library"), reference);
            case PushTarget.Registry(RegistryTarget place) -> {
                if (OciSifSource.is(image)) {
                    new OciSifPush(session, invocation).push(Path.of(image), place.reference());
                } else {
                    new ImageExporter(session, invocation).export(image, place);
                }
            }
            case PushTarget.Local(LocalTarget place) -> {
                var existing = invocation.flag("force") ? LocalTarget.Existing.REPLACE : LocalTarget.Existing.REFUSE;
                new ImageExporter(session, invocation).export(image, place, existing);
                session.log().info("Push complete: " + operands.get(1));
            }
        }
        return ExitStatus.SUCCESS;
    }

    /// The file of an image that is pushed as it is.
    private Path sif(String image, String transport) throws UserException, IOException {
        for (String option : List.of("oci", "layer-format")) {
            if (invocation.given().containsKey(option)) {
                throw new UserException(
                        transport + ":// takes SIF files as they are, so there is no --" + option + " for it",
                        "push to docker:// for an OCI image");
            }
        }
        Path file = Path.of(image);
        if (!Files.isRegularFile(file)) {
            throw new UserException("image " + file + " does not exist", "is the path right?");
        }
        if (!Images.isSifFile(file)) {
            throw new UserException("image " + file + " is no SIF", "kerr build makes one of it");
        }
        return file;
    }

    private void push(Path file, Reference reference) throws UserException, IOException {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        Descriptor configuration = Descriptor.of(MediaType.SIF_CONFIG, config);
        SortedMap<String, String> title = new TreeMap<>();
        title.put(TITLE, String.valueOf(file.getFileName()));
        var layer = new Descriptor(
                MediaType.SIF_LAYER,
                Digest.ofFile(Digest.Algorithm.SHA256, file),
                Files.size(file),
                "",
                Optional.empty(),
                title);
        byte[] manifest = new Manifest(configuration, List.of(layer)).encode();
        var repository = reference.repository();
        try (RegistryClient client = new RegistryAccess(session, invocation).client(repository.host())) {
            session.log().info("Pushing " + file + " to " + reference);
            if (!client.has(repository, configuration.digest())) {
                client.upload(repository, configuration, () -> new ByteArrayInputStream(config));
            }
            if (!client.has(repository, layer.digest())) {
                client.upload(repository, layer, () -> Files.newInputStream(file));
            }
            Reference pushed = client.putManifest(reference, MediaType.OCI_MANIFEST, manifest);
            session.log().info("Push complete: " + pushed);
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
    }
}
