package dev.kerr.remote;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/// A server of public keys.
///
/// @param uri as the user wrote it: `https://keys.openpgp.org`, `hkp://keys.example.org`
/// @param skip whether it is the remote's own, and not wanted
/// @param external whether it was added to those that the remote itself names
/// @param insecure whether it was said to be reached without TLS
public record KeyServer(String uri, boolean skip, boolean external, boolean insecure) {
    private static final int HKP_PORT = 11371;

    public KeyServer {
        Objects.requireNonNull(uri);
    }

    KeyServer wanted(boolean isWanted) {
        return new KeyServer(uri, !isWanted, external, insecure);
    }

    /// Whether nobody on the way can read along.
    public boolean isSecure() {
        return !insecure && address(uri).startsWith("https:");
    }

    /// Whether two spellings name the same server.
    public static boolean isSame(String one, String other) {
        String address = address(one);
        return !address.isEmpty() && address.equals(address(other));
    }

    /// Scheme, host and port of a key server over HTTP, in lower case; empty if the text names none.
    ///
    /// **Source:** draft-shaw-openpgp-hkp, section 3.
    public static String address(String text) {
        try {
            URI uri = URI.create(text.toLowerCase(Locale.ROOT));
            if (uri.getHost() == null || uri.getScheme() == null || uri.getRawUserInfo() != null) {
                return "";
            }
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return switch (uri.getScheme()) {
                case "http", "https" -> uri.getScheme() + "://" + uri.getHost() + port;
                case "hkp" -> "http://" + uri.getHost() + (port.isEmpty() ? ":" + HKP_PORT : port);
                case "hkps" -> "https://" + uri.getHost() + port;
                default -> "";
            };
        } catch (IllegalArgumentException unreadable) {
            return "";
        }
    }
}
