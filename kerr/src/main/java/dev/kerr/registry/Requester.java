package dev.kerr.registry;

import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.util.Optional;

/// Sends requests to registries: with a login where one is wanted, and wherever the registry sends them on to, there
/// without the login. Thread-safe.
final class Requester {
    private final Retrier retrier;
    private final Authorizer authorizer;
    private final Timeouts timeouts;
    private final Redirects redirects;

    Requester(Retrier retrier, Authorizer authorizer, Timeouts timeouts) {
        this.retrier = retrier;
        this.authorizer = authorizer;
        this.timeouts = timeouts;
        this.redirects = new Redirects(retrier, timeouts, "the registry");
    }

    Timeouts timeouts() {
        return timeouts;
    }

    Retrier retrier() {
        return retrier;
    }

    /// The response, which is a success.
    ///
    /// @throws RegistryException if it is not, or there is none
    Response send(Outgoing request, Access access) throws IOException {
        Response response = redirects.follow(request, access.origin(), home -> authorized(home, access));
        if (response.isSuccess()) {
            return response;
        }
        throw new StatusFailure(authorizer, timeouts).of(request, access, response);
    }

    /// The response, unless there is no such thing.
    ///
    /// @return empty if the registry says that there is no such thing
    /// @throws RegistryException if it says anything else but success, or nothing
    Optional<Response> find(Outgoing request, Access access) throws IOException {
        try {
            return Optional.of(send(request, access));
        } catch (RegistryException e) {
            if (e.problem() == Problem.UNKNOWN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Response authorized(Outgoing request, Access access) throws IOException {
        Optional<String> known = authorizer.known(access);
        Response response = retrier.send(known.isPresent() ? request.with("Authorization", known.get()) : request);
        if (response.status() != 401) {
            return response;
        }
        Optional<String> answer;
        try {
            answer = authorizer.answer(request, access, response, known.orElse(""));
        } catch (IOException e) {
            response.close();
            throw e;
        }
        if (answer.isEmpty()) {
            return response;
        }
        response.discard(timeouts.document());
        return retrier.send(request.with("Authorization", answer.get()));
    }
}
