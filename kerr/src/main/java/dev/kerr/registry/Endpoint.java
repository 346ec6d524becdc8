package dev.kerr.registry;

import dev.kerr.oci.Repository;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/// Where a repository is asked for: at its registry, or at a mirror of it under another name.
///
/// @param repository by the name it has there
/// @param isPlain whether it is spoken to without TLS
record Endpoint(Repository repository, boolean isPlain) {
    Endpoint {
        Objects.requireNonNull(repository);
    }

    /// An address of the protocol: `manifests/latest` below the repository.
    URI uri(String rest) {
        return URI.create(root() + repository.path() + "/" + rest);
    }

    /// The address at which a registry says that it is one.
    String root() {
        return (isPlain ? "http://" : "https://") + server() + "/v2/";
    }

    Origin origin() {
        return Origin.of(URI.create(root()));
    }

    /// Docker's own registry answers at another name.
    ///
    /// **Source:** distribution/reference and moby `registry/config.go`, `DefaultRegistryHost`.
    private String server() {
        String host = repository.host().toLowerCase(Locale.ROOT);
        return host.equals("docker.io") ? "registry-1.docker.io" : host;
    }
}
