package dev.kerr.remote;

import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebFile;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/// Asks a key server for a public key.
///
/// **Source:** draft-shaw-openpgp-hkp, section 3.
///
/// @param login for the server; empty for none
public record KeyLookup(KeyServer server, String login) {
    private static final int MOST_BYTES = 4 << 20;

    public KeyLookup {
        Objects.requireNonNull(server);
        Objects.requireNonNull(login);
    }

    /// What the server gives for a fingerprint, as it came: whoever asks looks whether it is that key. Empty if the
    /// server says that it has none.
    ///
    /// @param fingerprint all of its hexadecimal digits
    /// @throws RegistryException if it does not answer, or with more than a key is
    public Optional<byte[]> find(WebClient web, String fingerprint) throws IOException {
        String purpose = "get the key " + fingerprint + " from " + server.uri();
        String address =
                KeyServer.address(server.uri()) + "/pks/lookup?op=get&options=mr&exact=on&search=0x" + fingerprint;
        var request = WebRequest.of(purpose, address).authorized(login, "kerr keyserver login " + server.uri());
        try (WebFile answer = web.open(request)) {
            byte[] key = answer.content().readNBytes(MOST_BYTES + 1);
            if (key.length > MOST_BYTES) {
                throw new IOException("cannot " + purpose + ": it is larger than " + MOST_BYTES + " bytes");
            }
            return Optional.of(key);
        } catch (RegistryException failed) {
            if (failed.problem() == RegistryException.Problem.UNKNOWN) {
                return Optional.empty();
            }
            throw failed;
        }
    }
}
