package dev.kerr.remote;

import java.util.Objects;

/// A login for a key server.
///
/// @param auth the value of the header `Authorization`; empty for a login that is kept elsewhere
public record Credential(String uri, String auth, boolean insecure) {
    public Credential {
        Objects.requireNonNull(uri);
        Objects.requireNonNull(auth);
    }

    @Override
    public String toString() {
        return "Credential[" + uri + "]";
    }
}
