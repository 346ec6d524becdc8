package dev.kerr.registry;

import dev.kerr.log.UserException;
import java.util.List;

/// Knows the user's logins.
public interface Logins {
    /// The login for a repository.
    ///
    /// @param host of the registry, as in a reference: `docker.io`
    /// @param path of the repository; empty for the registry as such
    /// @throws UserException if it cannot be learned
    Login of(String host, String path) throws UserException;

    /// No login anywhere.
    static Logins none() {
        return (host, path) -> new Login.Anonymous();
    }

    /// One login for one registry: what the user gave with this command.
    static Logins only(String registry, Login login) {
        return (host, path) -> host.equalsIgnoreCase(registry) ? login : new Login.Anonymous();
    }

    /// The logins in files, of which the first that has one for the repository counts.
    static Logins stored(List<AuthFile> files, CredentialHelpers helpers) {
        List<AuthFile> all = List.copyOf(files);
        return (host, path) -> {
            for (AuthFile file : all) {
                Login login = file.login(host, path, helpers);
                if (!(login instanceof Login.Anonymous)) {
                    return login;
                }
            }
            return new Login.Anonymous();
        };
    }
}
