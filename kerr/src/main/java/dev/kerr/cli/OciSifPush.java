package dev.kerr.cli;

import dev.kerr.build.OciOverlay;
import dev.kerr.image.Images;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Reference;
import dev.kerr.ocisif.OciSif;
import dev.kerr.registry.BlobContent;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import dev.kerr.sif.Sif;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Pushes what is in an OCI-SIF as the OCI image or artifact that it is.
///
/// **Source:** sylabs/singularity `internal/pkg/client/ocisif/ocisif.go`, which too brings the digest of an overlay up
/// to date before.
final class OciSifPush {
    private final Session session;
    private final Invocation invocation;

    OciSifPush(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// Whether a file is an OCI-SIF.
    static boolean takes(Path file) throws IOException {
        if (!Images.isSifFile(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return OciSif.is(Sif.open(channel));
        }
    }

    /// Pushes the image; what the registry has is not sent.
    void push(Path file, Reference reference) throws UsageException, UserException, IOException {
        if (hasOverlay(file)) {
            new OciOverlay(PackOptions.of(invocation, session.config().packing())).sync(file.toString());
        }
        try (FileChannel channel = FileChannel.open(file);
                RegistryClient client = new RegistryAccess(session, invocation)
                        .client(reference.repository().host())) {
            var image = OciSif.open(file.toString(), channel, Sif.open(channel));
            session.log().info("Pushing " + file + " to " + reference);
            for (OciSif.StoredBlob layer : image.layers()) {
                long offset = layer.place().offset();
                send(client, reference, layer.layer().descriptor(), () -> from(file, offset));
            }
            send(client, reference, image.manifest().config(), () -> new ByteArrayInputStream(image.configBytes()));
            Reference pushed = client.putManifest(reference, image.manifest().mediaType(), image.manifestBytes());
            session.log().info("Push complete: " + pushed);
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
    }

    private static boolean hasOverlay(Path file) throws UserException, IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return OciSif.open(file.toString(), channel, Sif.open(channel))
                    .overlay()
                    .isPresent();
        }
    }

    private static void send(RegistryClient client, Reference reference, Descriptor blob, BlobContent content)
            throws IOException {
        if (!client.has(reference.repository(), blob.digest())) {
            client.upload(reference.repository(), blob, content);
        }
    }

    private static InputStream from(Path file, long offset) throws IOException {
        InputStream in = Files.newInputStream(file);
        in.skipNBytes(offset);
        return in;
    }
}
