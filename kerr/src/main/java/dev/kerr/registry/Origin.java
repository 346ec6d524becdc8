package dev.kerr.registry;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/// Whom a request goes to. Whatever is secret is sent to the origin that it was given for, and to no other.
///
/// **Source:** RFC 6454, section 4.
record Origin(String scheme, String host, int port) {
    Origin {
        Objects.requireNonNull(scheme);
        Objects.requireNonNull(host);
    }

    /// @param uri an absolute one with a host
    static Origin of(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() < 0 ? usual : uri.getPort());
    }

    /// Whether anybody on the way can read along.
    boolean isPlain() {
        return !scheme.equals("https");
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }

    /// Whether a request can be sent to an address at all: to a host, over HTTP, with no login in the address.
    static boolean isUsable(URI uri) {
        String scheme = uri.getScheme();
        return scheme != null
                && (scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http"))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getPort() != 0
                && uri.getPort() <= 65_535;
    }
}
