package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonReader;
import dev.kerr.log.StreamLog;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;

/// What the status and the body of a response without success mean, where the server is no registry.
///
/// **Source:** RFC 9110, section 15; sylabs/json-resp for the body: `{"error": {"message": …}}`.
record WebFailure(Timeouts timeouts) {
    private static final int LONGEST_BODY = 16 << 10;
    private static final int LONGEST_WORDS = 200;

    /// The failure; the response is closed.
    RegistryException of(Outgoing outgoing, WebRequest request, Response response) throws IOException {
        try (response) {
            String host = response.request().uri().getHost();
            String said = said(request, response);
            String result = String.valueOf(response.status());
            return switch (response.status()) {
                case 401 ->
                    outgoing.fault(
                            Problem.LOGIN,
                            host
                                    + (request.authorization().isEmpty()
                                            ? " wants a login"
                                            : " does not accept the login"),
                            request.login(),
                            result);
                case 403 -> outgoing.fault(Problem.DENIED, host + " denies it" + said, request.login(), result);
                case 404, 410 ->
                    outgoing.fault(Problem.UNKNOWN, host + " has no such thing", "check the spelling", result);
                case 407 ->
                    outgoing.fault(
                            Problem.REFUSED,
                            "the proxy wants a login",
                            "put USER:PASSWORD@ in front of its host in the variable",
                            result);
                case 429 -> outgoing.fault(Problem.RATE_LIMITED, host + " allows no more requests for now", "", result);
                case 500, 502, 503, 504 ->
                    outgoing.fault(
                            Problem.SERVER_FAULT,
                            host + " fails with status " + response.status() + said,
                            "try again later",
                            result);
                default ->
                    outgoing.fault(
                            Problem.REFUSED, host + " answers with status " + response.status() + said, "", result);
            };
        }
    }

    /// The server's own words in brackets, made fit to be shown; empty if there are none, or they repeat a secret.
    private String said(WebRequest request, Response response) throws IOException {
        try {
            String words = JsonReader.readObject(response.document(LONGEST_BODY, timeouts.document()))
                    .object("error")
                    .textOrEmpty("message");
            String shown = StreamLog.printable(words.substring(0, Math.min(words.length(), LONGEST_WORDS)));
            String secret =
                    request.authorization().substring(request.authorization().indexOf(' ') + 1);
            boolean isSecret = !secret.isEmpty() && words.contains(secret);
            return shown.isEmpty() || isSecret ? "" : " (" + shown + ")";
        } catch (FormatException | RegistryException noWords) {
            return ""; // pages of proxies, mostly; the status says enough
        }
    }
}
