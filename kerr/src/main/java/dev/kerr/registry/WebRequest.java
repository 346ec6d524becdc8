package dev.kerr.registry;

import dev.kerr.registry.RegistryException.Problem;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A request to a server that is no registry.
///
/// @param purpose behind `cannot`, for messages: `get library://ada/tools/x:1`
/// @param uri whose origin alone sees the authorization
/// @param headers by name; nothing secret
/// @param authorization the value of the header `Authorization`; empty for none
/// @param login what to do where the server wants a login, or another one
public record WebRequest(String purpose, URI uri, Map<String, String> headers, String authorization, String login) {
    public WebRequest {
        Objects.requireNonNull(purpose);
        if (!Origin.isUsable(uri)) {
            throw new IllegalArgumentException("no address to send a request to");
        }
        headers = Map.copyOf(headers);
        Objects.requireNonNull(authorization);
        Objects.requireNonNull(login);
    }

    /// Without a login.
    public static WebRequest of(String purpose, URI uri) {
        return new WebRequest(purpose, uri, Map.of(), "", "");
    }

    /// A request to an address that a server named.
    ///
    /// @throws RegistryException if it is none that a request can be sent to
    public static WebRequest of(String purpose, String address) throws RegistryException {
        try {
            URI uri = URI.create(address);
            if (Origin.isUsable(uri)) {
                return of(purpose, uri);
            }
        } catch (IllegalArgumentException unreadable) {
            // the message below serves both
        }
        throw new RegistryException(
                Problem.WRONG_ANSWER,
                "cannot " + purpose + ": the server names an address that cannot be used",
                "",
                "");
    }

    /// Whether requests can be sent to an address: over HTTP, to a host, with no login in the address.
    public static boolean isUsable(URI uri) {
        return Origin.isUsable(uri);
    }

    /// The same with a login, which may be empty.
    public WebRequest authorized(String value, String hint) {
        return new WebRequest(purpose, uri, headers, value, hint);
    }

    /// The same with a header more.
    public WebRequest with(String header, String value) {
        var more = new TreeMap<>(headers);
        more.put(header, value);
        return new WebRequest(purpose, uri, more, authorization, login);
    }

    /// Whether the answers and the request itself may be read by anybody on the way.
    public boolean isPlain() {
        return Origin.of(uri).isPlain();
    }

    Outgoing outgoing(String method, Payload payload) {
        return new Outgoing(purpose, method, uri, headers, payload, payload.length());
    }

    @Override
    public String toString() {
        return purpose;
    }
}
