package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A file of logins as Docker keeps them: `docker-config.json`, `~/.docker/config.json`, or podman's `auth.json`.
///
/// ```
/// {"auths": {"HOST": {"auth": "base64 of USER:PASSWORD", "identitytoken": …, "registrytoken": …}},
///  "credsStore": "NAME", "credHelpers": {"HOST": "NAME"}}
/// ```
///
/// Members that are not known are kept. Two programs that write it at once leave what one of them wrote.
///
/// **Source:** docker/cli `cli/config/configfile/file.go`; containers-auth.json(5).
public record AuthFile(Path path) {
    private static final String HUB = "docker.io";

    /// Under this name Docker keeps the login of its own registry.
    private static final String HUB_SERVER = "https://index.docker.io/v1/";

    public AuthFile {
        Objects.requireNonNull(path);
    }

    /// Where the logins are if nobody says: in our file, and else in Docker's.
    ///
    /// @param ours the directory with our user's files
    /// @param dockers the directory with Docker's, mostly `~/.docker`
    public static List<AuthFile> usual(Path ours, Path dockers) {
        return List.of(new AuthFile(ours.resolve("docker-config.json")), new AuthFile(dockers.resolve("config.json")));
    }

    /// Whether others than its owner may read the file.
    ///
    /// @return `false` too if it is not there
    public boolean isReadableByOthers() {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            return permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            return false;
        }
    }

    /// The login for a repository: the helper's that is named for the host, or else the one of the longest part of the
    /// repository's name that has one.
    ///
    /// @param repositoryPath empty for the registry as such
    /// @throws UserException if the file or the helper cannot be read
    Login login(String host, String repositoryPath, CredentialHelpers helpers) throws UserException {
        JsonObject config = AuthFileStore.read(path);
        try {
            Optional<String> helper = helper(config, host);
            if (helper.isPresent()) {
                Login login = helpers.get(helper.get(), server(host));
                if (!(login instanceof Login.Anonymous)) {
                    return login;
                }
            }
            Optional<JsonObject> entry = entry(config, host, repositoryPath);
            return entry.isPresent() ? login(entry.get()) : new Login.Anonymous();
        } catch (FormatException e) {
            throw AuthFileStore.damaged(path, e);
        }
    }

    /// Keeps a login, in place of the one there was for this registry.
    ///
    /// @throws UserException if it cannot be kept
    public void add(String host, Login.Password login, CredentialHelpers helpers) throws UserException {
        JsonObject config = AuthFileStore.read(path);
        try {
            Optional<String> helper = helper(config, host);
            if (helper.isPresent()) {
                helpers.store(helper.get(), server(host), login);
                return;
            }
            var entry = new LinkedHashMap<String, Json>(Map.of("auth", new Json.Text(login.basic())));
            JsonObject auths = withoutHost(auths(config), host).with(server(host), new JsonObject(entry));
            AuthFileStore.write(path, config.with("auths", auths));
        } catch (FormatException e) {
            throw AuthFileStore.damaged(path, e);
        }
    }

    /// Forgets a login.
    ///
    /// @return whether there was one in the file, or a helper was asked to forget it
    /// @throws UserException if it cannot be forgotten
    public boolean remove(String host, CredentialHelpers helpers) throws UserException {
        JsonObject config = AuthFileStore.read(path);
        try {
            Optional<String> helper = helper(config, host);
            if (helper.isPresent()) {
                helpers.erase(helper.get(), server(host));
            }
            JsonObject auths = auths(config);
            JsonObject rest = withoutHost(auths, host);
            if (rest.members().size() < auths.members().size()) {
                AuthFileStore.write(path, config.with("auths", rest));
                return true;
            }
            return helper.isPresent();
        } catch (FormatException e) {
            throw AuthFileStore.damaged(path, e);
        }
    }

    /// The registries that there are logins for, each with its user's name, which is empty where a token stands for it.
    ///
    /// @throws UserException if the file or a helper cannot be read
    public SortedMap<String, String> list(CredentialHelpers helpers) throws UserException {
        JsonObject config = AuthFileStore.read(path);
        var users = new TreeMap<String, String>();
        try {
            for (Map.Entry<String, Json> entry : auths(config).members().entrySet()) {
                if (entry.getValue() instanceof JsonObject object
                        && !object.members().isEmpty()) {
                    users.put(
                            hostOf(entry.getKey()), login(object) instanceof Login.Password known ? known.user() : "");
                }
            }
            Optional<String> store = config.findText("credsStore").filter(name -> !name.isEmpty());
            if (store.isPresent()) {
                helpers.list(store.get()).forEach((server, user) -> users.put(hostOf(server), user));
            }
            for (Map.Entry<String, String> each : config.textMap("credHelpers").entrySet()) {
                if (helpers.get(each.getValue(), server(each.getKey())) instanceof Login.Password known) {
                    users.put(each.getKey(), known.user());
                }
            }
            return users;
        } catch (FormatException e) {
            throw AuthFileStore.damaged(path, e);
        }
    }

    private static JsonObject auths(JsonObject config) throws FormatException {
        return config.findObject("auths").orElse(new JsonObject(new LinkedHashMap<>()));
    }

    private static Optional<String> helper(JsonObject config, String host) throws FormatException {
        for (Map.Entry<String, String> each : config.textMap("credHelpers").entrySet()) {
            if (hostOf(each.getKey()).equalsIgnoreCase(host)) {
                return Optional.of(each.getValue());
            }
        }
        return config.findText("credsStore").filter(name -> !name.isEmpty());
    }

    /// The entry of `host/a/b`, `host/a` or `host`, in this order, or one that Docker of old named by an address.
    private static Optional<JsonObject> entry(JsonObject config, String host, String path) throws FormatException {
        JsonObject auths = auths(config);
        String name = path.isEmpty() ? host : host + "/" + path;
        while (!name.isEmpty()) {
            Optional<JsonObject> entry = auths.findObject(name);
            if (entry.isPresent()) {
                return entry;
            }
            name = name.substring(0, Math.max(0, name.lastIndexOf('/')));
        }
        for (String key : auths.members().keySet()) {
            if (isAddress(key) && hostOf(key).equalsIgnoreCase(host)) {
                return auths.findObject(key);
            }
        }
        return Optional.empty();
    }

    private static JsonObject withoutHost(JsonObject auths, String host) {
        JsonObject rest = auths;
        for (String key : auths.members().keySet()) {
            if (key.equalsIgnoreCase(host) || isAddress(key) && hostOf(key).equalsIgnoreCase(host)) {
                rest = rest.without(key);
            }
        }
        return rest;
    }

    private static boolean isAddress(String key) {
        return key.startsWith("https://") || key.startsWith("http://") || key.endsWith("/v1/") || key.endsWith("/v2/");
    }

    /// The host that a key stands for.
    private static String hostOf(String key) {
        if (!isAddress(key)) {
            return key;
        }
        String name = key.substring(key.contains("://") ? key.indexOf("://") + 3 : 0);
        int slash = name.indexOf('/');
        String host = slash < 0 ? name : name.substring(0, slash);
        return host.equals("index." + HUB) ? HUB : host;
    }

    private static String server(String host) {
        return host.equals(HUB) ? HUB_SERVER : host;
    }

    private static Login login(JsonObject entry) throws FormatException {
        String identity = entry.textOrEmpty("identitytoken");
        String registry = entry.textOrEmpty("registrytoken");
        String auth = entry.textOrEmpty("auth");
        if (!identity.isEmpty()) {
            return new Login.IdentityToken(identity);
        }
        if (!registry.isEmpty()) {
            return new Login.RegistryToken(registry);
        }
        return auth.isEmpty() ? new Login.Anonymous() : password(entry, auth);
    }

    private static Login password(JsonObject entry, String auth) throws FormatException {
        try {
            String both = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = both.indexOf(':');
            if (colon < 0) {
                throw entry.fault("\"auth\" has no colon");
            }
            return new Login.Password(both.substring(0, colon), both.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw entry.fault("\"auth\" is not base64");
        }
    }
}
