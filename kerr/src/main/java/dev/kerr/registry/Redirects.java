package dev.kerr.registry;

import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;

/// Follows where a server sends a request on to. What is secret is shown to the origin that it is for alone, and to
/// that only until the way has left it: who left comes back as a stranger.
///
/// @param server what it is called in messages: `the registry`
record Redirects(Retrier retrier, Timeouts timeouts, String server) {
    /// A registry sends a request on once, to its storage; a storage perhaps once more.
    private static final int MOST = 5;

    /// Sends a request to the origin that may see secrets.
    interface Home {
        Response send(Outgoing request) throws IOException;
    }

    Redirects {
        Objects.requireNonNull(retrier);
        Objects.requireNonNull(timeouts);
        Objects.requireNonNull(server);
    }

    /// The first response that is no redirect.
    Response follow(Outgoing request, Origin origin, Home home) throws IOException {
        boolean isHome = Origin.of(request.uri()).equals(origin);
        Outgoing at = request;
        for (int redirects = 0; redirects <= MOST; redirects++) {
            Response response = isHome ? home.send(at) : retrier.send(at);
            if (!response.isRedirect()) {
                return response;
            }
            URI target = target(response, request);
            at = at.to(target);
            isHome = isHome && Origin.of(target).equals(origin);
        }
        throw request.fault(Problem.WRONG_ANSWER, server + " redirects more than " + MOST + " times", "");
    }

    private URI target(Response response, Outgoing request) throws RegistryException {
        try {
            if (!request.isReading()) {
                throw request.fault(Problem.WRONG_ANSWER, server + " redirects an upload", "");
            }
            return resolve(response, request, server + " redirects");
        } finally {
            response.discard(timeouts.document());
        }
    }

    /// The address that a response sends us to. It may not lead from TLS to no TLS.
    ///
    /// @param what the server does, for the message
    static URI resolve(Response response, Outgoing request, String what) throws RegistryException {
        URI from = response.request().uri();
        URI target;
        try {
            target = from.resolve(response.header("Location").orElse(" "));
        } catch (IllegalArgumentException e) {
            throw request.fault(Problem.WRONG_ANSWER, what + " to an address that cannot be read", "");
        }
        if (!Origin.isUsable(target)) {
            throw request.fault(Problem.WRONG_ANSWER, what + " to an address that cannot be used", "");
        }
        if (Origin.of(target).isPlain() && !Origin.of(from).isPlain()) {
            throw request.fault(
                    Problem.UNTRUSTED,
                    what + " to an address without TLS, " + Origin.of(target),
                    "a proxy in front of the registry may not tell it of its TLS");
        }
        return target;
    }
}
