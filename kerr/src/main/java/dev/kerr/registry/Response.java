package dev.kerr.registry;

import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// What a registry answered; its body is still on the way.
record Response(Outgoing request, int status, HttpHeaders headers, BodyStream body) implements AutoCloseable {
    /// Of the body of an answer that nobody wants, the most that is read so that its connection can be used again.
    private static final int DISCARDED = 16 << 10;

    Response {
        Objects.requireNonNull(request);
        Objects.requireNonNull(headers);
        Objects.requireNonNull(body);
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    List<String> headerValues(String name) {
        return headers.allValues(name);
    }

    /// The bytes of the body, if they are announced.
    OptionalLong length() {
        return headers.firstValueAsLong("Content-Length");
    }

    boolean isRedirect() {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /// The whole body, which is small and not packed.
    byte[] document(int mostBytes, Duration within) throws IOException {
        String encoding = header("Content-Encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw request.fault(Problem.WRONG_ANSWER, "the answer is packed, which was not asked for", "");
        }
        return body.readAll(mostBytes, within);
    }

    /// Reads what is left of a body that nobody wants.
    void discard(Duration within) {
        try (body) {
            body.readAll(DISCARDED, within);
        } catch (IOException e) {
            // Then the connection is closed instead of used again.
        }
    }

    @Override
    public void close() {
        body.close();
    }
}
