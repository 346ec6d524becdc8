package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.registry.Login;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.registry.WebRequest;
import dev.kerr.remote.Credential;
import dev.kerr.remote.KeyServer;
import dev.kerr.remote.Remote;
import dev.kerr.remote.Remotes;
import dev.kerr.remote.RemotesFile;
import dev.kerr.remote.Services;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `keyserver`: which servers of keys a remote has, and who the user is to them.
///
/// **Source:** apptainer `cmd/internal/cli/keyserver.go`, `internal/app/apptainer/keyserver_*.go`, for what is printed.
final class KeyserverCommand {
    private final Session session;
    private final Invocation invocation;
    private final RemotesFile file;

    KeyserverCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
        this.file = new RemoteAccess(session, invocation).file();
    }

    int run() throws UsageException, UserException, IOException {
        return run(invocation.verb());
    }

    int run(String verb) throws UsageException, UserException, IOException {
        List<String> operands =
                invocation.operands().subList(1, invocation.operands().size());
        boolean isOfRemote = verb.equals("add") || verb.equals("remove");
        int least = verb.equals("list") ? 0 : 1;
        int most = isOfRemote ? 2 : 1;
        if (operands.size() < least || operands.size() > most) {
            throw new UsageException("wrong number of arguments", Optional.of(invocation.command()));
        }
        String last = operands.isEmpty() ? "" : operands.getLast();
        String name = isOfRemote && operands.size() == 2 ? operands.getFirst() : "";
        try (WebClient web = new RegistryAccess(session, invocation).web()) {
            switch (verb) {
                case "add" -> change(name, web, (remote, named) -> remote.addKeyServer(named, server(last), order()));
                case "remove" -> change(name, web, (remote, named) -> remote.removeKeyServer(named, last));
                case "login" -> login(last);
                case "logout" -> logout(last);
                default -> list(web, last);
            }
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
        return ExitStatus.SUCCESS;
    }

    private interface Change {
        Remote of(Remote remote, List<KeyServer> named) throws UserException;
    }

    /// The site's remotes alone have key servers of their own.
    private void change(String given, WebClient web, Change change) throws UserException, IOException {
        Remotes remotes = file.sites();
        String name = remotes.name(given);
        Remote remote = remotes.named(name);
        file.writeSites(
                remotes.with(name, change.of(remote, Services.of(web, remote).keyServers())));
    }

    private KeyServer server(String uri) throws UserException {
        String address = KeyServer.address(uri);
        if (address.isEmpty()) {
            throw new UserException(uri + " is no key server", "as https://keys.example.org or hkp://keys.example.org");
        }
        boolean isInsecure = invocation.flag("insecure");
        if (isInsecure && address.startsWith("https:")) {
            throw new UserException(
                    "certificates are always verified: --insecure is for http:// and hkp://, not for " + uri,
                    "put its authority's certificate into /etc/containers/certs.d/HOST/ca.crt");
        }
        return new KeyServer(uri, false, true, isInsecure);
    }

    private int order() throws UserException {
        Optional<String> order = invocation.value("order");
        try {
            if (order.isEmpty() || Integer.parseInt(order.get()) > 0) {
                return order.map(Integer::parseInt).orElse(0);
            }
        } catch (NumberFormatException none) {
            // the message below serves both
        }
        throw new UserException("--order " + order.get() + " is no number from 1");
    }

    private void list(WebClient web, String only) throws UserException, IOException {
        Remotes remotes = file.all();
        if (!only.isEmpty()) {
            remotes.named(only);
        }
        for (Map.Entry<String, Remote> each : remotes.remotes().entrySet()) {
            if (only.isEmpty() || only.equals(each.getKey())) {
                boolean isUsed = remotes.active().equals(each.getKey());
                session.out()
                        .println("\n" + each.getKey() + " " + (each.getValue().system() ? "*" : "")
                                + (isUsed ? "^" : ""));
                session.out().print(new Columns(rows(web, each.getValue())).text());
            }
        }
        session.out().println("\n(* = system endpoint, ^ = default endpoint)");
    }

    private static List<List<String>> rows(WebClient web, Remote remote) throws IOException {
        List<KeyServer> servers;
        try {
            servers = remote.keyServers().isEmpty() ? Services.of(web, remote).keyServers() : remote.keyServers();
        } catch (RegistryException | UserException unanswered) {
            return List.of(List.of(" ", "(unable to fetch associated keyserver info for this endpoint)"));
        }
        var rows = new ArrayList<List<String>>();
        for (KeyServer server : servers) {
            if (!server.skip()) {
                rows.add(List.of(" ", "#" + (rows.size() + 1), server.uri(), server.isSecure() ? "🔒" : ""));
            }
        }
        return rows;
    }

    void login(String uri) throws UserException, IOException {
        KeyServer server = known(uri);
        String auth = authorization();
        String address = KeyServer.address(server.uri());
        try (WebClient web = new RegistryAccess(session, invocation).web()) {
            web.check(WebRequest.of("log in to " + uri, address).authorized(auth, ""));
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
        file.writeUsers(file.all().with(new Credential(uri, auth, server.insecure())));
        session.log().info("Token stored in " + file.user());
    }

    /// A name and a password, or without a name a token.
    private String authorization() throws UserException {
        var asked = new PromptedLogin(invocation);
        if (invocation.value("username").isEmpty()) {
            return "Bearer " + asked.secret("Password / Token: ");
        }
        Login.Password login = asked.password();
        return "Basic " + login.basic();
    }

    private KeyServer known(String uri) throws UserException {
        for (Remote remote : file.all().remotes().values()) {
            for (KeyServer server : remote.keyServers()) {
                if (server.external() && KeyServer.isSame(server.uri(), uri)) {
                    return server;
                }
            }
        }
        throw new UserException(
                "no external key server " + uri + " is configured", "add it: kerr keyserver add " + uri);
    }

    void logout(String uri) throws UserException {
        file.writeUsers(file.all().without(uri));
        session.log().info("Logout succeeded");
    }
}
