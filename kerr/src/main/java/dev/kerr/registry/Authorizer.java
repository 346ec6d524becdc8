package dev.kerr.registry;

import dev.kerr.log.UserException;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Answers the challenges of registries, and remembers the answers for as long as the client lives. Thread-safe.
final class Authorizer {
    private final Logins logins;
    private final TokenService tokens;

    /// Values of the header `Authorization`.
    private final Map<Access, String> answers = new ConcurrentHashMap<>();

    /// Everything that must not be shown, should a server repeat it.
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    Authorizer(Logins logins, TokenService tokens) {
        this.logins = logins;
        this.tokens = tokens;
    }

    /// What was answered before to the same.
    Optional<String> known(Access access) {
        return Optional.ofNullable(answers.get(access));
    }

    /// Answers a challenge.
    ///
    /// @param refused the answer that did not do; empty if there was none
    /// @return empty if there is no other answer
    /// @throws RegistryException if the login or a token cannot be had
    synchronized Optional<String> answer(Outgoing request, Access access, Response challenged, String refused)
            throws IOException {
        Optional<String> fresh = known(access).filter(answer -> !answer.equals(refused));
        if (fresh.isPresent()) {
            return fresh; // another thread was here first
        }
        List<Challenge> challenges = Challenge.parse(challenged.headerValues("WWW-Authenticate"));
        Optional<String> answer = answer(request, access, challenges).filter(value -> !value.equals(refused));
        answer.ifPresentOrElse(
                value -> {
                    secrets.add(value.substring(value.indexOf(' ') + 1));
                    answers.put(access, value);
                },
                () -> answers.remove(access));
        return answer;
    }

    /// Whether the user has a login for this.
    boolean hasLogin(Outgoing request, Access access) throws RegistryException {
        return !(login(request, access) instanceof Login.Anonymous);
    }

    /// Whether a text repeats something that was secret.
    boolean isRepeatedIn(String text) {
        return secrets.stream().anyMatch(text::contains);
    }

    private Optional<String> answer(Outgoing request, Access access, List<Challenge> challenges) throws IOException {
        Login login = login(request, access);
        Optional<Challenge> bearer = challenges.stream()
                .filter(each -> each.scheme().equals("bearer"))
                .findFirst();
        boolean acceptsBasic =
                challenges.stream().anyMatch(each -> each.scheme().equals("basic"));
        if (bearer.isPresent()) {
            return Optional.of("Bearer " + token(request, access, bearer.get(), login));
        }
        return acceptsBasic && login instanceof Login.Password password
                ? Optional.of("Basic " + password.basic())
                : Optional.empty();
    }

    private String token(Outgoing request, Access access, Challenge challenge, Login login) throws IOException {
        if (!(login instanceof Login.RegistryToken(String token))) {
            return tokens.token(request, access, challenge, login);
        }
        if (!TokenService.isToken(token)) {
            String host = access.repository().host();
            throw request.fault(Problem.LOGIN_UNREADABLE, "the token that is stored for " + host + " is none", "");
        }
        return token;
    }

    private Login login(Outgoing request, Access access) throws RegistryException {
        try {
            Login login =
                    logins.of(access.repository().host(), access.repository().path());
            login.secrets().stream().filter(secret -> !secret.isEmpty()).forEach(secrets::add);
            return login;
        } catch (UserException e) {
            throw request.fault(Problem.LOGIN_UNREADABLE, String.valueOf(e.getMessage()), e.hint());
        }
    }
}
