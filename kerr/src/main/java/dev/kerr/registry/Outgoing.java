package dev.kerr.registry;

import dev.kerr.registry.RegistryException.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A request before anything of it that is secret.
///
/// @param purpose behind `cannot`, for messages: `get the manifest of docker.io/library/busybox:latest`
/// @param headers by name
/// @param workBytes what the other end must go through before it can answer: it verifies the whole of an upload
record Outgoing(String purpose, String method, URI uri, Map<String, String> headers, Payload payload, long workBytes) {
    /// So much a registry goes through at least, be its storage at the other end of a network.
    private static final long WORK_BYTES_PER_MILLISECOND = 10_000;

    Outgoing {
        Objects.requireNonNull(purpose);
        Objects.requireNonNull(method);
        Objects.requireNonNull(uri);
        Objects.requireNonNull(payload);
        headers = Map.copyOf(headers);
    }

    static Outgoing get(String purpose, URI uri, Map<String, String> headers) {
        return new Outgoing(purpose, "GET", uri, headers, Payload.NONE, 0);
    }

    static Outgoing head(String purpose, URI uri, Map<String, String> headers) {
        return new Outgoing(purpose, "HEAD", uri, headers, Payload.NONE, 0);
    }

    /// A request that gives something.
    static Outgoing write(String purpose, String method, URI uri, Payload payload) {
        Map<String, String> headers =
                payload.length() == 0 ? Map.of() : Map.of("Content-Type", "application/octet-stream");
        return new Outgoing(purpose, method, uri, headers, payload, payload.length());
    }

    Outgoing to(URI other) {
        return new Outgoing(purpose, method, other, headers, payload, workBytes);
    }

    Outgoing with(String header, String value) {
        var more = new TreeMap<>(headers);
        more.put(header, value);
        return new Outgoing(purpose, method, uri, more, payload, workBytes);
    }

    /// The last request of an upload whose bytes went before.
    Outgoing completing(long bytes) {
        return new Outgoing(purpose, method, uri, headers, payload, bytes);
    }

    /// How long the answer may take once all is sent.
    Duration patience(Duration stall) {
        return stall.plusMillis(workBytes / WORK_BYTES_PER_MILLISECOND);
    }

    /// Whether it changes nothing, however often it is sent.
    boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }

    RegistryException fault(Problem problem, String reason, String hint) {
        return fault(problem, reason, hint, "");
    }

    /// @param result what came of it, for the detail; may be empty
    RegistryException fault(Problem problem, String reason, String hint, String result) {
        String detail = method + " " + shown(uri) + (result.isEmpty() ? "" : ": " + result);
        return new RegistryException(problem, "cannot " + purpose + ": " + reason, hint, detail);
    }

    /// An address without what may be secret in it: registries put signatures of a storage behind the `?`.
    private static String shown(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
    }
}
