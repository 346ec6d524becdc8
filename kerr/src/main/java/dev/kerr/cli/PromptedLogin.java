package dev.kerr.cli;

import dev.kerr.log.UserException;
import dev.kerr.registry.Login;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// Who the user is: as options say, or as the user answers.
record PromptedLogin(Invocation invocation) {
    PromptedLogin {
        Objects.requireNonNull(invocation);
    }

    /// A name and a password.
    ///
    /// @throws UserException if one is missing and nobody can be asked
    Login.Password password() throws UserException {
        return new Login.Password(user(), secret("Password or token: "));
    }

    private String user() throws UserException {
        Optional<String> named = invocation.value("username").or(() -> invocation.value("docker-username"));
        if (named.isPresent()) {
            return named.get();
        }
        return Prompt.line("User name: ")
                .filter(user -> !user.isEmpty())
                .orElseThrow(() -> new UserException("a login needs a user name", "give it with --username"));
    }

    /// A password or a token.
    ///
    /// @throws UserException if it is missing and nobody can be asked
    String secret(String question) throws UserException {
        if (invocation.flag("password-stdin")) {
            return line();
        }
        Optional<String> given = invocation.value("password").or(() -> invocation.value("docker-password"));
        if (given.isPresent()) {
            return given.get();
        }
        return Prompt.secret(question)
                .filter(password -> !password.isEmpty())
                .orElseThrow(() ->
                        new UserException("a login needs a password or a token", "give it with --password-stdin"));
    }

    private static String line() throws UserException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            String line = in.readLine();
            if (line != null && !line.isEmpty()) {
                return line;
            }
        } catch (IOException unreadable) {
            // as good as none
        }
        throw new UserException("there is no password on standard input");
    }
}
