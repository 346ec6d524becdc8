package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.registry.Logins;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `registry login`, `logout` and `list`.
final class RegistryCommand {
    private final Session session;
    private final Invocation invocation;
    private final RegistryAccess access;

    RegistryCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
        this.access = new RegistryAccess(session, invocation);
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        String verb = operands.isEmpty() ? "" : operands.getFirst();
        if (verb.equals("list") && operands.size() == 1) {
            for (Map.Entry<String, String> login :
                    access.file().list(access.helpers()).entrySet()) {
                session.out().println(login.getKey() + (login.getValue().isEmpty() ? "" : " " + login.getValue()));
            }
            return ExitStatus.SUCCESS;
        }
        if (operands.size() == 2 && verb.equals("login")) {
            login(host(operands.get(1)));
        } else if (operands.size() == 2 && verb.equals("logout")) {
            logout(host(operands.get(1)));
        } else {
            throw new UsageException("registry needs login HOST, logout HOST or list", Optional.of(Command.REGISTRY));
        }
        return ExitStatus.SUCCESS;
    }

    /// `docker://host` and `oras://host` are what the field writes.
    static String host(String operand) {
        int slashes = operand.indexOf("://");
        String host = slashes < 0 ? operand : operand.substring(slashes + "://".length());
        return host.endsWith("/") ? host.substring(0, host.length() - 1) : host;
    }

    /// A login is kept only if the registry accepts it.
    void login(String host) throws UserException, IOException {
        var login = new PromptedLogin(invocation).password();
        try (RegistryClient client = access.client(host, Logins.only(host, login))) {
            client.check(host);
        } catch (RegistryException refused) {
            throw RegistryAccess.failure(refused);
        }
        access.file().add(host, login, access.helpers());
        session.log()
                .info("The login for " + host + " is kept in " + access.file().path());
    }

    void logout(String host) throws UserException, IOException {
        if (!access.file().remove(host, access.helpers())) {
            throw new UserException("there is no login for " + host, "`kerr registry list` shows those there are");
        }
        session.log().info("Removed the login for " + host);
    }
}
