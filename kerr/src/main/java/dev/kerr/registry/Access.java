package dev.kerr.registry;

import dev.kerr.oci.Repository;
import java.util.List;
import java.util.Objects;

/// Whose login a request needs, and what rights it wants.
///
/// **Source:** distribution `docs/spec/auth/scope.md`.
///
/// @param repository by which the login is looked up
/// @param origin the one that may see it
/// @param scopes as `repository:library/busybox:pull`; none for the registry as such
record Access(Repository repository, Origin origin, List<String> scopes) {
    Access {
        Objects.requireNonNull(repository);
        Objects.requireNonNull(origin);
        scopes = List.copyOf(scopes);
    }

    static Access pull(Endpoint endpoint) {
        return new Access(endpoint.repository(), endpoint.origin(), List.of(scope(endpoint.repository(), "pull")));
    }

    static Access push(Endpoint endpoint) {
        return new Access(endpoint.repository(), endpoint.origin(), List.of(scope(endpoint.repository(), "pull,push")));
    }

    /// Reading another repository too, out of which a blob is mounted.
    Access andPull(Repository other) {
        return new Access(repository, origin, List.of(scopes.getFirst(), scope(other, "pull")));
    }

    private static String scope(Repository repository, String actions) {
        return "repository:" + repository.path() + ":" + actions;
    }
}
