package dev.kerr.registry;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Repository;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// Puts a blob into a registry: takes it over from another repository there, or sends it in one piece or in many.
///
/// **Source:** OCI distribution specification 1.1, Pushing blobs.
final class Upload {
    private final Requester requester;
    private final Endpoint endpoint;
    private final Descriptor descriptor;
    private final String purpose;

    Upload(Requester requester, Endpoint endpoint, Descriptor descriptor, String purpose) {
        this.requester = Objects.requireNonNull(requester);
        this.endpoint = Objects.requireNonNull(endpoint);
        this.descriptor = Objects.requireNonNull(descriptor);
        this.purpose = Objects.requireNonNull(purpose);
    }

    /// Takes the blob over from another repository of the same registry.
    ///
    /// @return empty if it is there now; else where to send it
    Optional<URI> mount(Repository from) throws IOException {
        String query = "?mount=" + encode(descriptor.digest().toString()) + "&from=" + encode(from.path());
        var request = Outgoing.write(purpose, "POST", endpoint.uri("blobs/uploads/" + query), Payload.NONE);
        try (Response response = requester.send(request, Access.push(endpoint).andPull(from))) {
            return response.status() == 201 ? Optional.empty() : Optional.of(location(response, request));
        }
    }

    /// Where to send the blob.
    URI start() throws IOException {
        var request = Outgoing.write(purpose, "POST", endpoint.uri("blobs/uploads/"), Payload.NONE);
        try (Response response = requester.send(request, access())) {
            return location(response, request);
        }
    }

    /// Sends the blob in one piece.
    void send(URI session, BlobContent content) throws IOException {
        finish(session, new Payload(content, 0, descriptor.size()));
    }

    /// Sends the blob in pieces.
    void send(URI session, BlobContent content, long pieceBytes) throws IOException {
        URI at = session;
        for (long offset = 0; offset < descriptor.size(); offset += pieceBytes) {
            long length = Math.min(pieceBytes, descriptor.size() - offset);
            var request = Outgoing.write(purpose, "PATCH", at, new Payload(content, offset, length))
                    .with("Content-Range", offset + "-" + (offset + length - 1));
            try (Response response = requester.send(request, access())) {
                at = location(response, request);
            }
        }
        finish(at, Payload.NONE);
    }

    private void finish(URI session, Payload payload) throws IOException {
        String separator = session.getRawQuery() == null ? "?" : "&";
        URI uri = URI.create(
                session + separator + "digest=" + encode(descriptor.digest().toString()));
        var request = Outgoing.write(purpose, "PUT", uri, payload).completing(descriptor.size());
        try (Response response = requester.send(request, access())) {
            String stored = response.header("Docker-Content-Digest")
                    .orElse(descriptor.digest().toString());
            if (!stored.equals(descriptor.digest().toString())) {
                throw request.fault(Problem.WRONG_CONTENT, "the registry keeps it under another digest", "");
            }
        }
    }

    private Access access() {
        return Access.push(endpoint);
    }

    private static URI location(Response response, Outgoing request) throws RegistryException {
        return Redirects.resolve(response, request, "the registry sends uploads");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
