package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Document;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Manifests and indexes of one registry.
///
/// **Source:** OCI distribution specification 1.1, Pulling manifests and Pushing manifests.
final class Manifests {
    private static final Map<String, String> ACCEPT = Map.of(
            "Accept",
            String.join(
                    ", ",
                    List.of(
                            MediaType.OCI_INDEX,
                            MediaType.OCI_MANIFEST,
                            MediaType.DOCKER_INDEX,
                            MediaType.DOCKER_MANIFEST)));

    private final Requester requester;

    Manifests(Requester requester) {
        this.requester = requester;
    }

    ManifestContent get(Endpoint source, Reference reference, String purpose) throws IOException {
        var request = Outgoing.get(purpose, source.uri("manifests/" + reference.identifier()), ACCEPT);
        try (Response response = requester.send(request, Access.pull(source))) {
            byte[] bytes =
                    response.document(Document.MOST_BYTES, requester.timeouts().document());
            Digest digest = verified(request, reference, response, bytes);
            String mediaType = response.header("Content-Type").orElse("");
            return ManifestContent.of(reference.at(digest), mediaType, bytes);
        } catch (FormatException e) {
            throw request.fault(Problem.WRONG_ANSWER, String.valueOf(e.getMessage()), "");
        }
    }

    Optional<Descriptor> find(Endpoint source, Reference reference, String purpose) throws IOException {
        var request = Outgoing.head(purpose, source.uri("manifests/" + reference.identifier()), ACCEPT);
        Optional<Response> found = requester.find(request, Access.pull(source));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Response response = found.get()) {
            Optional<Digest> digest = response.header("Docker-Content-Digest")
                    .flatMap(Digest::parse)
                    .or(reference::digest);
            String mediaType =
                    MediaType.withoutParameters(response.header("Content-Type").orElse(""));
            long size = response.length().orElse(-1);
            if (digest.isEmpty() || size < 0) {
                throw request.fault(Problem.WRONG_ANSWER, "the registry does not say what it has", "");
            }
            requireSame(request, reference, digest.get());
            return Optional.of(new Descriptor(mediaType, digest.get(), size));
        }
    }

    void put(Endpoint target, Reference reference, String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.ofContent(bytes);
        String identifier = reference.tag().orElse(digest.toString());
        String purpose = "put the manifest of " + reference;
        var request = Outgoing.write(purpose, "PUT", target.uri("manifests/" + identifier), Payload.of(bytes))
                .with("Content-Type", mediaType);
        requireSame(request, reference, digest);
        try (Response response = requester.send(request, Access.push(target))) {
            Optional<String> stored = response.header("Docker-Content-Digest");
            if (stored.isPresent() && !stored.get().equals(digest.toString())) {
                throw request.fault(Problem.WRONG_CONTENT, "the registry keeps it under another digest", "");
            }
        }
    }

    /// The digest of the bytes, if nobody says that it should be another.
    private static Digest verified(Outgoing request, Reference reference, Response response, byte[] bytes)
            throws RegistryException {
        Optional<Digest> wanted = reference.digest();
        if (wanted.isPresent()) {
            requireOf(request, wanted.get(), bytes);
        }
        Optional<Digest> announced = response.header("Docker-Content-Digest").flatMap(Digest::parse);
        if (announced.isPresent()) {
            requireOf(request, announced.get(), bytes);
        }
        return wanted.orElse(Digest.ofContent(bytes));
    }

    private static void requireOf(Outgoing request, Digest digest, byte[] bytes) throws RegistryException {
        if (!digest.isOf(bytes)) {
            throw request.fault(Problem.WRONG_CONTENT, "its content was changed: its digest is not " + digest, "");
        }
    }

    private static void requireSame(Outgoing request, Reference reference, Digest digest) throws RegistryException {
        if (!reference.digest().orElse(digest).equals(digest)) {
            throw request.fault(Problem.WRONG_CONTENT, "its digest is " + digest, "");
        }
    }
}
