package dev.kerr.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Sends requests again if that may help: those that change nothing, when a connection breaks or the server is busy. A
/// server that says how long to wait is obeyed, up to a minute. Thread-safe.
final class Retrier {
    private final Transport transport;
    private final RegistrySettings.Network network;

    /// What is done as often as needed.
    interface Attempt {
        void run() throws IOException;
    }

    Retrier(Transport transport, RegistrySettings.Network network) {
        this.transport = transport;
        this.network = network;
    }

    /// The last response, be it a success or not.
    ///
    /// @throws RegistryException if there is none
    Response send(Outgoing request) throws IOException {
        for (int number = 1; ; number++) {
            boolean isLast = number >= tries() || !request.isReading();
            try {
                Response response = transport.send(request);
                Optional<Duration> pause = isBusy(response) ? pause(response, number) : Optional.empty();
                if (isLast || pause.isEmpty()) {
                    return response;
                }
                response.discard(network.timeouts().document());
                pause(pause.get());
            } catch (RegistryException e) {
                if (isLast || !e.isTransient()) {
                    throw e;
                }
                pauseBehind(number);
            }
        }
    }

    /// Does something that begins anew when it breaks, or finds the registry busy.
    void again(Attempt attempt) throws IOException {
        for (int number = 1; ; number++) {
            try {
                attempt.run();
                return;
            } catch (RegistryException e) {
                if (number >= tries() || !e.isTransient()) {
                    throw e;
                }
                pauseBehind(number);
            }
        }
    }

    /// How often something is tried in all.
    int tries() {
        return network.retries().tries();
    }

    /// Waits behind the `number`th try of something.
    void pauseBehind(int number) throws IOException {
        pause(network.retries().pauseBehind(number));
    }

    private void pause(Duration duration) throws IOException {
        try {
            network.retries().pause().pause(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static boolean isBusy(Response response) {
        return switch (response.status()) {
            case 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /// Empty if the server wants more patience than we have.
    private Optional<Duration> pause(Response response, int number) {
        Duration ours = network.retries().pauseBehind(number);
        Duration wanted = retryAfter(response).orElse(ours);
        if (wanted.compareTo(Retries.LONGEST) > 0) {
            return Optional.empty();
        }
        return Optional.of(wanted.compareTo(ours) > 0 ? wanted : ours);
    }

    /// How long the server wants us to wait: seconds, or a time, which counts from the server's own clock.
    ///
    /// **Source:** RFC 9110, section 10.2.3.
    static Optional<Duration> retryAfter(Response response) {
        String value = response.header("Retry-After").orElse("").strip();
        if (!value.isEmpty() && value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            var until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            var now = ZonedDateTime.parse(response.header("Date").orElse(""), DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(now, until)).filter(wait -> !wait.isNegative());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
