package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.log.StreamLog;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// What the status and the body of a response without success mean, in words for the user.
///
/// **Source:** OCI distribution specification 1.1, Error Codes; RFC 9110, section 15.
final class StatusFailure {
    private static final int LONGEST_BODY = 16 << 10;
    private static final int LONGEST_WORDS = 200;

    private final Authorizer authorizer;
    private final Timeouts timeouts;

    StatusFailure(Authorizer authorizer, Timeouts timeouts) {
        this.authorizer = authorizer;
        this.timeouts = timeouts;
    }

    /// What the registry itself says; both may be empty.
    private record Said(String code, String message) {
        static final Said NOTHING = new Said("", "");

        String inBrackets() {
            return code.isEmpty() ? "" : " (" + code + (message.isEmpty() ? "" : ": " + message) + ")";
        }
    }

    /// The failure; the response is closed.
    RegistryException of(Outgoing request, Access access, Response response) throws IOException {
        try (response) {
            Said said = said(response);
            String result = response.status() + (said.code.isEmpty() ? "" : " " + said.code);
            String host = access.repository().host();
            String login = "kerr registry login " + host;
            return switch (response.status()) {
                case 401 ->
                    authorizer.hasLogin(request, access)
                            ? request.fault(Problem.LOGIN, host + " does not accept the login", login, result)
                            : request.fault(
                                    Problem.LOGIN, "it is not there, or " + host + " wants a login", login, result);
                case 403 -> request.fault(Problem.DENIED, host + " denies it" + said.inBrackets(), login, result);
                case 404 -> request.fault(Problem.UNKNOWN, unknown(access, said), "check the spelling", result);
                case 407 ->
                    request.fault(
                            Problem.REFUSED,
                            "the proxy wants a login",
                            "put USER:PASSWORD@ in front of its host in the variable",
                            result);
                case 429 -> request.fault(Problem.RATE_LIMITED, tooMany(host, response), login, result);
                case 500, 502, 503, 504 ->
                    request.fault(
                            Problem.SERVER_FAULT,
                            host + " fails with status " + response.status() + said.inBrackets(),
                            "try again later",
                            result);
                default ->
                    request.fault(
                            Problem.REFUSED,
                            host + " answers with status " + response.status() + said.inBrackets(),
                            "",
                            result);
            };
        }
    }

    private static String unknown(Access access, Said said) {
        return switch (said.code) {
            case "NAME_UNKNOWN" ->
                access.repository().host() + " has no repository "
                        + access.repository().path();
            case "MANIFEST_UNKNOWN" -> "the repository has no such tag or digest";
            case "BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN" -> "the repository has no such blob";
            default -> access.repository().host() + " has no such thing";
        };
    }

    private static String tooMany(String host, Response response) {
        String wait = Retrier.retryAfter(response)
                .map(Duration::toSeconds)
                .map(seconds -> ", and wants us to wait " + seconds + " s")
                .orElse("");
        return host + " allows no more requests for now" + wait;
    }

    /// The first error of the body, made fit to be shown: one line, not long, and nothing of ours that is secret.
    private Said said(Response response) throws IOException {
        try {
            JsonObject json = JsonReader.readObject(response.document(LONGEST_BODY, timeouts.document()));
            List<JsonObject> errors = json.objects("errors");
            if (errors.isEmpty()) {
                return Said.NOTHING;
            }
            String code = shown(errors.getFirst().textOrEmpty("code"));
            return new Said(code, shown(errors.getFirst().textOrEmpty("message")));
        } catch (FormatException | RegistryException e) {
            return Said.NOTHING; // pages of proxies, mostly; the status says enough
        }
    }

    private String shown(String text) {
        String words = StreamLog.printable(text.substring(0, Math.min(text.length(), LONGEST_WORDS)));
        return authorizer.isRepeatedIn(text) ? "" : words;
    }
}
