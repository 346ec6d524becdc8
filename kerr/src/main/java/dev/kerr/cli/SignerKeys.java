package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.integrity.Fingerprint;
import dev.kerr.integrity.KeySource;
import dev.kerr.integrity.Keyring;
import dev.kerr.log.UserException;
import dev.kerr.registry.WebClient;
import dev.kerr.remote.Credential;
import dev.kerr.remote.KeyLookup;
import dev.kerr.remote.KeyServer;
import dev.kerr.remote.Remote;
import dev.kerr.remote.Remotes;
import dev.kerr.remote.Services;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Public keys of those who sign images: from the user's keyrings and the site's, else from the key servers of the
/// remote
/// in use.
final class SignerKeys implements KeySource {
    private static final String KEYRING = "pgp-public";

    private final Session session;
    private final Invocation invocation;

    SignerKeys(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    @Override
    public List<byte[]> certificates(Fingerprint fingerprint) throws IOException, UserException {
        List<byte[]> known = keyring().certificates(fingerprint);
        return known.isEmpty() ? fetch(fingerprint) : known;
    }

    /// Those of Apptainer and Singularity are read as long as the user's directory is not named.
    ///
    /// **Source:** apptainer `pkg/sypgp/sypgp.go`, singularity `internal/pkg/sypgp`, for the names.
    Keyring keyring() {
        var variables = session.variables();
        var files = new ArrayList<Path>();
        Optional<String> named = variables.setting("KEYSDIR").or(() -> variables.setting("SYPGPDIR"));
        if (named.isPresent()) {
            files.add(Path.of(named.get()).toAbsolutePath().resolve(KEYRING));
        } else {
            files.add(session.directories().user().resolve("keys").resolve(KEYRING));
            if (variables.setting("CONFIGDIR").isEmpty()) {
                Path home = Path.of(variables.value("HOME").orElse("/"));
                files.add(home.resolve(".apptainer/keys").resolve(KEYRING));
                files.add(home.resolve(".singularity/keys").resolve(KEYRING));
            }
        }
        Path site = Objects.requireNonNull(session.directories().configuration().getParent());
        files.add(site.resolve("global-" + KEYRING));
        return new Keyring(files);
    }

    /// One server that has the key is enough; that another cannot be asked counts only if none has it.
    private List<byte[]> fetch(Fingerprint fingerprint) throws IOException, UserException {
        Remotes remotes = new RemoteAccess(session, invocation).file().all();
        Optional<UserException> unanswered = Optional.empty();
        try (WebClient web = new RegistryAccess(session, invocation).web()) {
            for (KeyServer server : servers(web, remotes)) {
                try {
                    List<byte[]> found = fetch(web, new KeyLookup(server, login(remotes, server)), fingerprint);
                    if (!found.isEmpty()) {
                        return found;
                    }
                } catch (IOException failed) {
                    unanswered = Optional.of(unanswered.orElse(failure(fingerprint, failed)));
                }
            }
        } catch (IOException failed) {
            throw failure(fingerprint, failed);
        }
        if (unanswered.isPresent()) {
            throw unanswered.get();
        }
        return List.of();
    }

    private List<byte[]> fetch(WebClient web, KeyLookup lookup, Fingerprint fingerprint) throws IOException {
        session.log().verbose("Asking " + lookup.server().uri() + " for the key " + fingerprint);
        Optional<byte[]> answer = lookup.find(web, fingerprint.hex());
        if (answer.isEmpty()) {
            return List.of();
        }
        try {
            return Keyring.certificates(answer.get(), fingerprint);
        } catch (FormatException malformed) {
            throw new IOException("cannot get the key " + fingerprint + " from "
                    + lookup.server().uri() + ": " + malformed.problem());
        }
    }

    private static List<KeyServer> servers(WebClient web, Remotes remotes) throws IOException, UserException {
        Remote remote = remotes.remotes().get(remotes.active());
        if (remote == null) {
            return List.of();
        }
        List<KeyServer> servers = remote.keyServers();
        if (servers.isEmpty()) {
            Services services = Services.of(web, remote);
            servers = services.addresses().containsKey("keyserver") ? services.keyServers() : List.of();
        }
        return servers.stream().filter(server -> !server.skip()).toList();
    }

    private static String login(Remotes remotes, KeyServer server) {
        return remotes.credentials().stream()
                .filter(login -> KeyServer.isSame(login.uri(), server.uri()))
                .map(Credential::auth)
                .findFirst()
                .orElse("");
    }

    private static UserException failure(Fingerprint fingerprint, IOException failed) {
        return new UserException(
                "the public key " + fingerprint + " is not here, and "
                        + RegistryAccess.failure(failed).message(),
                Keyring.hint(fingerprint));
    }
}
