package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where the services of a remote are, as the remote itself tells.
///
/// **Source:** apptainer `internal/pkg/remote/endpoint/service.go`.
///
/// @param addresses by name: `library`, `keyserver`, `token`, …; without a slash at the end
public record Services(Remote remote, SortedMap<String, String> addresses) {
    /// The remote that is no server: it stands for the public key servers alone.
    public static final String PUBLIC_KEYS = "cloud.apptainer.org";

    private static final String PUBLIC_KEY_SERVER = "https://keys.openpgp.org";
    private static final String DOCUMENT = "/assets/config/config.prod.json";

    public Services {
        Objects.requireNonNull(remote);
        addresses = new TreeMap<>(addresses);
    }

    /// Asks a remote.
    ///
    /// @throws RegistryException if it does not tell
    public static Services of(WebClient web, Remote remote) throws IOException {
        if (remote.uri().equals(PUBLIC_KEYS)) {
            return new Services(remote, new TreeMap<>(Map.of("keyserver", PUBLIC_KEY_SERVER)));
        }
        JsonObject document = web.get(
                WebRequest.of("learn the services of " + remote.uri(), URI.create(remote.address() + DOCUMENT)));
        var addresses = new TreeMap<String, String>();
        for (Map.Entry<String, Json> each : document.members().entrySet()) {
            if (each.getValue() instanceof JsonObject service
                    && service.members().get("uri") instanceof Json.Text(String uri)
                    && !uri.isEmpty()) {
                addresses.put(name(each.getKey()), uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri);
            }
        }
        return new Services(remote, addresses);
    }

    private static String name(String key) {
        String name = key.endsWith("API") ? key.substring(0, key.length() - "API".length()) : key;
        return name.equals("keystore") ? "keyserver" : name;
    }

    /// Where a service is.
    ///
    /// @throws UserException if the remote has none of this name
    public String address(String service) throws UserException {
        String address = addresses.get(service);
        if (address == null) {
            throw new UserException(
                    "the remote " + remote.uri() + " has no service " + service,
                    service.equals("library")
                            ? "choose one that has: kerr remote add --no-login NAME HOST, such as SylabsCloud"
                                    + " cloud.sylabs.io"
                            : "see `kerr remote status`");
        }
        return address;
    }

    /// The remote's key servers: those that were chosen, or the one it names.
    ///
    /// @throws UserException if it names none
    public List<KeyServer> keyServers() throws UserException {
        return remote.keyServers().isEmpty()
                ? List.of(new KeyServer(address("keyserver"), false, false, false))
                : remote.keyServers();
    }

    /// Whether the remote accepts a token.
    ///
    /// @throws RegistryException if it does not
    /// @throws UserException if it knows no tokens
    public void verify(WebClient web, String token) throws UserException, IOException {
        String purpose = "verify the token for " + remote.uri();
        web.check(WebRequest.of(purpose, address("token") + "/v1/token-status")
                .authorized(bearer(token), "make a new one at " + remote.address() + "/auth/tokens"));
    }

    /// What a service says of its version; empty if it says nothing.
    public Optional<String> version(WebClient web, String service) throws IOException {
        String purpose = "ask the service " + service + " of " + remote.uri();
        try {
            var answer = web.get(WebRequest.of(purpose, addresses.get(service) + "/version"));
            return Optional.of(answer.object("data").textOrEmpty("version"));
        } catch (RegistryException | FormatException unanswered) {
            return Optional.empty();
        }
    }

    /// The user's password for the registry that belongs to the library; empty if there is none.
    ///
    /// **Source:** apptainer `internal/pkg/client/library/user.go`.
    ///
    /// @throws RegistryException if the token is not accepted
    public Optional<String> registryPassword(WebClient web) throws UserException, IOException {
        String purpose = "ask " + remote.uri() + " who you are";
        JsonObject user = web.get(WebRequest.of(purpose, address("library") + "/v1/rbac/users/current")
                .authorized(bearer(remote.token()), "kerr remote login"));
        try {
            Optional<JsonObject> secrets = user.findObject("oidc_user_meta");
            return secrets.isPresent()
                    ? secrets.get().findText("secret").filter(secret -> !secret.isEmpty())
                    : Optional.empty();
        } catch (FormatException malformed) {
            return Optional.empty();
        }
    }

    static String bearer(String token) {
        return token.isEmpty() ? "" : "Bearer " + token;
    }
}
