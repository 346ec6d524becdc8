package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Gets the tokens that registries want to see from the servers that they name.
///
/// The registry says who that server is, so it could have the password itself just as well; but what it says comes over
/// a connection, and a server without TLS is taken only from a registry without TLS on the same host.
///
/// **Source:** distribution `docs/spec/auth/token.md` and `oauth.md`.
final class TokenService {
    private static final int LONGEST_ANSWER = 256 << 10;
    private static final int LONGEST_TOKEN = 64 << 10;
    private static final int LONGEST_PARAMETER = 2048;

    private final Retrier retrier;
    private final Timeouts timeouts;

    TokenService(Retrier retrier, Timeouts timeouts) {
        this.retrier = retrier;
        this.timeouts = timeouts;
    }

    /// A token for what `request` wants.
    ///
    /// @throws RegistryException if the server is not one to ask, or gives none
    String token(Outgoing request, Access access, Challenge challenge, Login login) throws IOException {
        URI realm = realm(request, access, challenge);
        var form = new ArrayList<String>();
        challenge.parameter("service").ifPresent(service -> add(form, "service", service));
        Set<String> scopes = new LinkedHashSet<>(access.scopes());
        challenge.parameter("scope").ifPresent(scope -> scopes.addAll(List.of(scope.split(" "))));
        Outgoing question = switch (login) {
            case Login.IdentityToken(String token) -> {
                add(form, "scope", String.join(" ", scopes));
                add(form, "grant_type", "refresh_token");
                add(form, "client_id", "kerr");
                add(form, "refresh_token", token);
                byte[] body = String.join("&", form).getBytes(StandardCharsets.US_ASCII);
                yield Outgoing.write(request.purpose(), "POST", realm, Payload.of(body))
                        .with("Content-Type", "application/x-www-form-urlencoded");
            }
            case Login.Password password ->
                question(request, realm, form, scopes).with("Authorization", "Basic " + password.basic());
            case Login.Anonymous(), Login.RegistryToken _ -> question(request, realm, form, scopes);
        };
        try (Response response = retrier.send(question)) {
            return token(question, response);
        }
    }

    private static Outgoing question(Outgoing request, URI realm, List<String> form, Set<String> scopes) {
        scopes.stream().filter(scope -> !scope.isEmpty()).forEach(scope -> add(form, "scope", scope));
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return Outgoing.get(request.purpose(), URI.create(realm + separator + String.join("&", form)), Map.of());
    }

    private static void add(List<String> form, String name, String value) {
        form.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private static URI realm(Outgoing request, Access access, Challenge challenge) throws RegistryException {
        if (challenge.parameters().values().stream().anyMatch(value -> value.length() > LONGEST_PARAMETER)) {
            throw request.fault(Problem.WRONG_ANSWER, "the registry's challenge is too long", "");
        }
        try {
            URI realm = new URI(challenge.parameter("realm").orElse(""));
            if (!Origin.isUsable(realm) || realm.getRawFragment() != null) {
                throw request.fault(Problem.WRONG_ANSWER, "the registry names a token server that is none", "");
            }
            Origin server = Origin.of(realm);
            boolean isSafe = !server.isPlain()
                    || access.origin().isPlain()
                            && server.host().equals(access.origin().host());
            if (!isSafe) {
                throw request.fault(Problem.UNTRUSTED, "the registry names a token server without TLS, " + server, "");
            }
            return realm;
        } catch (URISyntaxException e) {
            throw request.fault(Problem.WRONG_ANSWER, "the registry names a token server that is none", "");
        }
    }

    private String token(Outgoing question, Response response) throws IOException {
        String server = String.valueOf(question.uri().getHost());
        if (response.status() != 200) {
            Problem problem = switch (response.status()) {
                case 400, 401, 403 -> Problem.LOGIN;
                case 429 -> Problem.RATE_LIMITED;
                case 500, 502, 503, 504 -> Problem.SERVER_FAULT;
                default -> Problem.WRONG_ANSWER;
            };
            throw question.fault(
                    problem,
                    "the token server " + server + " gives no token, but status " + response.status(),
                    problem == Problem.LOGIN ? "log in with kerr registry login" : "",
                    Integer.toString(response.status()));
        }
        try {
            JsonObject json = JsonReader.readObject(response.document(LONGEST_ANSWER, timeouts.document()));
            Optional<String> token = json.findText(json.has("token") ? "token" : "access_token");
            return token.filter(TokenService::isToken)
                    .orElseThrow(() ->
                            question.fault(Problem.WRONG_ANSWER, "the token server " + server + " gives no token", ""));
        } catch (FormatException e) {
            throw question.fault(
                    Problem.WRONG_ANSWER, "the answer of the token server " + server + ": " + e.getMessage(), "");
        }
    }

    /// Whether it can stand in a header and nothing else with it.
    static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_TOKEN && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
