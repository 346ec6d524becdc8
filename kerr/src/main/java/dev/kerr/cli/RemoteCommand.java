package dev.kerr.cli;

import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.WebClient;
import dev.kerr.remote.Remote;
import dev.kerr.remote.Remotes;
import dev.kerr.remote.Remotes.Owner;
import dev.kerr.remote.RemotesFile;
import dev.kerr.remote.Services;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `remote`: which remotes there are, which is in use, and who the user is to them.
///
/// **Source:** apptainer `cmd/internal/cli/remote.go`, `internal/app/apptainer/remote_*.go`, for what is printed.
final class RemoteCommand {
    private static final String YES = "✓";
    private static final int LONGEST_TOKEN = 4096;

    private final Session session;
    private final Invocation invocation;
    private final RemotesFile file;

    RemoteCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
        this.file = new RemoteAccess(session, invocation).file();
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        String first = operands.isEmpty() ? "" : operands.getFirst();
        if (first.equals("add-keyserver") || first.equals("remove-keyserver")) { // what the field called it before
            String verb = first.substring(0, first.indexOf('-'));
            return new KeyserverCommand(session, invocation).run(verb);
        }
        String verb = invocation.verb();
        int most = verb.equals("add") ? 3 : verb.equals("list") || verb.equals("get-login-password") ? 1 : 2;
        int least = verb.equals("add") ? 3 : verb.equals("use") || verb.equals("remove") ? 2 : 1;
        if (operands.size() < least || operands.size() > most) {
            throw new UsageException("wrong number of arguments", Optional.of(Command.REMOTE));
        }
        String name = operands.size() > 1 ? operands.get(1) : "";
        try (WebClient web = new RegistryAccess(session, invocation).web()) {
            switch (verb) {
                case "add" -> add(web, name, operands.get(2));
                case "use" -> use(name);
                case "remove" -> remove(name);
                case "list" -> list();
                case "login" -> login(web, name);
                case "logout" -> logout(name);
                case "status" -> status(web, name);
                default -> printPassword(web);
            }
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
        return ExitStatus.SUCCESS;
    }

    private boolean isGlobal() {
        return invocation.flag("global");
    }

    private void write(Remotes remotes) throws UserException {
        if (isGlobal()) {
            file.writeSites(remotes);
        } else {
            file.writeUsers(remotes);
        }
    }

    private void add(WebClient web, String name, String address) throws UserException, IOException {
        Remote remote = Remote.of(address, isGlobal(), invocation.flag("insecure"));
        if (address.startsWith("http://") && !remote.insecure()) {
            session.log().warning("The remote " + name + " is asked with TLS: --insecure does without");
        }
        Remotes added = (isGlobal() ? file.sites() : file.users()).add(name, remote);
        boolean isUsed = !invocation.flag("no-default");
        write(isUsed ? added.use(name, false, isGlobal() ? Owner.SITE : Owner.USER) : added);
        session.log().info("Remote \"" + name + "\" added.");
        if (!isGlobal() && !invocation.flag("no-login")) {
            login(web, name);
        }
    }

    private void use(String name) throws UserException {
        boolean isExclusive = invocation.flag("exclusive");
        Remotes before = isGlobal() ? file.sites() : file.all();
        write(before.use(name, isExclusive, isGlobal() ? Owner.SITE : Owner.USER));
        session.log().info("Remote \"" + name + "\" now in use.");
    }

    private void remove(String name) throws UserException {
        Remotes before = isGlobal() ? file.sites() : file.all();
        write(before.remove(name, isGlobal() ? Owner.SITE : Owner.USER));
        session.log().info("Remote \"" + name + "\" removed.");
    }

    private void list() throws UserException {
        Remotes remotes = file.all();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("NAME", "URI", "DEFAULT?", "GLOBAL?", "EXCLUSIVE?", "SECURE?"));
        for (Map.Entry<String, Remote> each : remotes.remotes().entrySet()) {
            Remote remote = each.getValue();
            rows.add(List.of(
                    each.getKey(),
                    remote.uri(),
                    remotes.active().equals(each.getKey()) ? YES : "",
                    remote.system() ? YES : "",
                    remote.exclusive() ? YES : "",
                    remote.insecure() ? "✗!" : YES));
        }
        session.out().print("\n" + new Columns(rows).text());
    }

    private void login(WebClient web, String given) throws UserException, IOException {
        if (given.startsWith("docker://") || given.startsWith("oras://")) { // as the field's older programs had it
            new RegistryCommand(session, invocation).login(RegistryCommand.host(given));
            return;
        }
        if (given.startsWith("http://") || given.startsWith("https://")) {
            new KeyserverCommand(session, invocation).login(given);
            return;
        }
        Remotes remotes = file.all();
        String name = remotes.name(given);
        Remote remote = remotes.named(name);
        Optional<String> tokenFile = invocation.value("tokenfile");
        if (tokenFile.isEmpty() && !invocation.flag("password-stdin")) {
            session.log().info("Make a token at " + remote.address() + "/auth/tokens, and give it here");
        }
        String token = tokenFile.isPresent()
                ? token(Path.of(tokenFile.get()))
                : new PromptedLogin(invocation).secret("Access Token: ");
        if (token.length() > LONGEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new UserException("the token is none: it has blanks, or more than " + LONGEST_TOKEN + " characters");
        }
        Services.of(web, remote).verify(web, token);
        session.log().info("Access Token Verified!");
        file.writeUsers(remotes.with(name, remote.withToken(token)));
        session.log().info("Token stored in " + file.user());
    }

    private static String token(Path path) throws UserException {
        try (BufferedReader in = Files.newBufferedReader(path)) {
            String line = in.readLine();
            if (line != null && !line.isBlank()) {
                return line.strip();
            }
        } catch (IOException unreadable) {
            throw new UserException("cannot read the token in " + path + ": " + Reason.of(unreadable));
        }
        throw new UserException("there is no token in " + path);
    }

    private void logout(String given) throws UserException, IOException {
        if (given.startsWith("docker://") || given.startsWith("oras://")) {
            new RegistryCommand(session, invocation).logout(RegistryCommand.host(given));
            return;
        }
        if (given.startsWith("http://") || given.startsWith("https://")) {
            new KeyserverCommand(session, invocation).logout(given);
            return;
        }
        Remotes remotes = file.all();
        String name = remotes.name(given);
        file.writeUsers(remotes.with(name, remotes.named(name).withToken("")));
        session.log().info("Logout succeeded");
    }

    private void status(WebClient web, String given) throws UserException, IOException {
        Remotes remotes = file.all();
        Remote remote = remotes.named(remotes.name(given));
        session.log().info("Checking status of " + (given.isEmpty() ? "default remote." : "remote: " + given));
        Services services = Services.of(web, remote);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("SERVICE", "STATUS", "VERSION", "URI"));
        for (Map.Entry<String, String> each : services.addresses().entrySet()) {
            String service = each.getKey();
            Optional<String> version = services.version(web, service);
            rows.add(List.of(
                    service.substring(0, 1).toUpperCase(Locale.ROOT) + service.substring(1),
                    version.isPresent() ? "OK" : "N/A",
                    version.orElse(""),
                    each.getValue()));
        }
        session.out().print(new Columns(rows).text());
        if (remote.token().isEmpty()) {
            session.out().print("\nNo authentication token set (logged out).\n");
            return;
        }
        services.verify(web, remote.token());
        session.out().print("\nValid authentication token set (logged in).\n");
    }

    private void printPassword(WebClient web) throws UserException, IOException {
        Remotes remotes = file.all();
        Remote remote = remotes.named(remotes.name(""));
        session.out()
                .println(Services.of(web, remote)
                        .registryPassword(web)
                        .orElseThrow(() -> new UserException(remote.uri() + " has no password for you")));
    }
}
