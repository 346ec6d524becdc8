package dev.kerr.cli;

import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.registry.AuthFile;
import dev.kerr.registry.CredentialHelpers;
import dev.kerr.registry.Login;
import dev.kerr.registry.Logins;
import dev.kerr.registry.Parts;
import dev.kerr.registry.Proxies;
import dev.kerr.registry.RegistriesFile;
import dev.kerr.registry.RegistryClient;
import dev.kerr.registry.RegistryException;
import dev.kerr.registry.RegistryRules;
import dev.kerr.registry.RegistrySettings;
import dev.kerr.registry.Retries;
import dev.kerr.registry.Timeouts;
import dev.kerr.registry.Trust;
import dev.kerr.registry.WebClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// How this user reaches registries: logins, rules, proxies and trust, from files, variables and options.
final class RegistryAccess {
    private static final Duration HELPER_LIMIT = Duration.ofSeconds(30);
    private static final String RULES_FILE = "registries.conf";

    private final Session session;
    private final Invocation invocation;

    RegistryAccess(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    /// @param host of the registry that the command is about: the one that `--no-https` and a login on the command line
    ///     are for
    RegistryClient client(String host) throws UserException {
        return client(host, login(host));
    }

    RegistryClient client(String host, Logins logins) throws UserException {
        var rules = new RegistryRules(rules(), new HashSet<>());
        if (invocation.flag("no-https")) {
            rules = rules.withPlain(host);
        }
        return new RegistryClient(new RegistrySettings(logins, rules, network()));
    }

    /// For servers that are no registries.
    WebClient web() throws UserException {
        return new WebClient(network());
    }

    private RegistrySettings.Network network() throws UserException {
        return new RegistrySettings.Network(
                Proxies.of(session.variables()),
                Trust.of(session.variables(), home()),
                Timeouts.USUAL,
                Retries.usual(),
                parts());
    }

    private Parts parts() throws UserException {
        var downloads = session.config().downloads();
        return new Parts(Math.min(downloads.atOnce(), Parts.MOST_AT_ONCE), downloads.partBytes());
    }

    /// The file that logins are kept in.
    AuthFile file() {
        var named = invocation.value("authfile");
        return named.isPresent() ? new AuthFile(Path.of(named.get()).toAbsolutePath()) : files().getFirst();
    }

    CredentialHelpers helpers() {
        return new CredentialHelpers(session.variables().all(), HELPER_LIMIT);
    }

    private Logins login(String host) throws UserException {
        if (invocation.flag("docker-login") && !host.isEmpty()) {
            return Logins.only(host, new PromptedLogin(invocation).password());
        }
        var user = invocation.value("docker-username");
        var password = invocation.value("docker-password");
        if (user.isPresent() && password.isPresent()) {
            return Logins.only(host, new Login.Password(user.get(), password.get()));
        }
        return Logins.stored(invocation.value("authfile").isPresent() ? List.of(file()) : files(), helpers());
    }

    private List<AuthFile> files() {
        Path dockers = session.variables().value("DOCKER_CONFIG").map(Path::of).orElse(home().resolve(".docker"));
        return AuthFile.usual(session.directories().user(), dockers);
    }

    /// The user's rules go before the site's.
    private List<RegistryRules.Rule> rules() throws UserException {
        var rules = new ArrayList<RegistryRules.Rule>();
        Path site = Objects.requireNonNull(session.directories().configuration().getParent());
        for (Path file : List.of(session.directories().user().resolve(RULES_FILE), site.resolve(RULES_FILE))) {
            if (Files.exists(file)) {
                try {
                    rules.addAll(RegistriesFile.parse(file.toString(), Files.readString(file)));
                } catch (IOException unreadable) {
                    throw new UserException("cannot read " + file + ": " + Reason.of(unreadable));
                }
            }
        }
        return rules;
    }

    private Path home() {
        return Path.of(session.variables().value("HOME").orElse("/"));
    }

    /// What a registry said, as an error of ours.
    static UserException failure(IOException failed) {
        String hint = failed instanceof RegistryException registry ? registry.hint() : "";
        return new UserException(Optional.ofNullable(failed.getMessage()).orElse(failed.toString()), hint);
    }
}
