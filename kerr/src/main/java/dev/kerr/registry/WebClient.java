package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.oci.Digest;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalLong;

/// Speaks with servers that are no registries: libraries of images, key servers, whoever has a file. Connections,
/// proxies, trust, patience and redirects are as with registries. Nothing is printed. Thread-safe.
public final class WebClient implements AutoCloseable {
    private static final int LONGEST_DOCUMENT = 4 << 20;

    private final Transport transport;
    private final Retrier retrier;
    private final Timeouts timeouts;
    private final Redirects redirects;

    public WebClient(RegistrySettings.Network network) {
        this.transport = new Transport(network);
        this.retrier = new Retrier(transport, network);
        this.timeouts = network.timeouts();
        this.redirects = new Redirects(retrier, timeouts, "the server");
    }

    /// Breaks off what is still on the way.
    @Override
    public void close() {
        transport.close();
    }

    /// A document of JSON.
    ///
    /// @throws RegistryException if there is none
    public JsonObject get(WebRequest request) throws IOException {
        Outgoing outgoing = request.outgoing("GET", Payload.NONE);
        return document(outgoing, request);
    }

    /// A document of JSON; empty if the server says that there is no such thing.
    public Optional<JsonObject> find(WebRequest request) throws IOException {
        try {
            return Optional.of(get(request));
        } catch (RegistryException failed) {
            if (failed.problem() == Problem.UNKNOWN) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    /// Asks whether the server answers a request with success, and whether it takes the login.
    ///
    /// @throws RegistryException if not
    public void check(WebRequest request) throws IOException {
        send(request.outgoing("GET", Payload.NONE), request).discard(timeouts.document());
    }

    /// Sends a document and gives the one that is answered: an empty one for an empty answer.
    ///
    /// @param method `POST` or `PUT`
    public JsonObject send(WebRequest request, String method, JsonObject body) throws IOException {
        WebRequest typed = request.with("Content-Type", "application/json");
        return document(typed.outgoing(method, Payload.of(JsonWriter.compact(body))), request);
    }

    /// Sends a stretch of some content.
    ///
    /// @param method `POST` or `PUT`
    /// @return the tag that the server gives it; may be empty
    public String upload(WebRequest request, String method, BlobContent content, long offset, long length)
            throws IOException {
        WebRequest typed = request.with("Content-Type", "application/octet-stream");
        try (Response response = send(typed.outgoing(method, new Payload(content, offset, length)), request)) {
            return response.header("ETag").orElse("");
        }
    }

    /// What tells one state of a file from another, if the server says it without sending the file.
    public Optional<String> state(WebRequest request) throws IOException {
        try (Response response = answer(request.outgoing("HEAD", Payload.NONE), request)) {
            return response.isSuccess() ? state(response) : Optional.empty();
        }
    }

    /// A file. A connection that breaks is replaced by another, if the server says that the file is the same.
    ///
    /// @throws RegistryException if there is none
    public WebFile open(WebRequest request) throws IOException {
        return open(request, OptionalLong.empty(), Optional.empty());
    }

    /// A file whose digest is known. The end of the stream is reached only if size and digest are right.
    ///
    /// @param size in bytes, if it is known too
    /// @throws RegistryException if there is none, or not of this size
    public WebFile open(WebRequest request, OptionalLong size, Digest digest) throws IOException {
        return open(request, size, Optional.of(digest));
    }

    private WebFile open(WebRequest request, OptionalLong known, Optional<Digest> digest) throws IOException {
        Outgoing outgoing = request.outgoing("GET", Payload.NONE);
        Response first = send(outgoing, request);
        OptionalLong size = known.isPresent() ? known : first.length();
        if (size.isEmpty() && digest.isEmpty()) {
            return new WebFile(first.body(), size);
        }
        if (size.isEmpty()) {
            first.close();
            throw outgoing.fault(Problem.WRONG_ANSWER, "the server does not say how large it is", "");
        }
        Optional<String> state = state(first);
        BlobStream.Opener opener = (offset, _) -> {
            Response rest = send(outgoing.with("Range", "bytes=" + offset + "-"), request);
            if (digest.isEmpty() && (state.isEmpty() || !state.equals(state(rest)))) {
                rest.close();
                throw outgoing.fault(
                        Problem.WRONG_CONTENT,
                        "the connection broke, and the server does not say whether the rest is of the same file",
                        "try again");
            }
            return rest;
        };
        var expected = new BlobStream.Expected(size.getAsLong(), digest);
        return new WebFile(BlobStream.of(outgoing, expected, opener, retrier, first), size);
    }

    /// **Source:** RFC 9110, section 8.8: a tag that begins with `W/` does not tell one byte from another.
    private static Optional<String> state(Response response) {
        return response.header("ETag").filter(tag -> !tag.startsWith("W/")).or(() -> response.header("Last-Modified"));
    }

    private JsonObject document(Outgoing outgoing, WebRequest request) throws IOException {
        try (Response response = send(outgoing, request)) {
            byte[] document = response.document(LONGEST_DOCUMENT, timeouts.document());
            return document.length == 0 ? new JsonObject(new LinkedHashMap<>()) : JsonReader.readObject(document);
        } catch (FormatException malformed) {
            throw outgoing.fault(Problem.WRONG_ANSWER, "the answer is not what this service would say", "");
        }
    }

    private Response send(Outgoing outgoing, WebRequest request) throws IOException {
        Response response = answer(outgoing, request);
        if (response.isSuccess()) {
            return response;
        }
        throw new WebFailure(timeouts).of(outgoing, request, response);
    }

    private Response answer(Outgoing outgoing, WebRequest request) throws IOException {
        return redirects.follow(
                outgoing,
                Origin.of(request.uri()),
                home -> retrier.send(
                        request.authorization().isEmpty()
                                ? home
                                : home.with("Authorization", request.authorization())));
    }
}
