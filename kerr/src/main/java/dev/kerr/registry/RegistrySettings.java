package dev.kerr.registry;

import java.util.Objects;

/// What a client of registries needs to know.
public record RegistrySettings(Logins logins, RegistryRules rules, Network network) {
    /// How registries are reached.
    public record Network(Proxies proxies, Trust trust, Timeouts timeouts, Retries retries, Parts parts) {
        public Network {
            Objects.requireNonNull(proxies);
            Objects.requireNonNull(trust);
            Objects.requireNonNull(timeouts);
            Objects.requireNonNull(retries);
            Objects.requireNonNull(parts);
        }
    }

    public RegistrySettings {
        Objects.requireNonNull(logins);
        Objects.requireNonNull(rules);
        Objects.requireNonNull(network);
    }
}
