package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Registries that are busy, break, refuse, or speak no HTTP, and what the user is told.
final class LyingConnectionTest {
    private RegistryFixture registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private void answers(TestServer.Behaviour behaviour) {
        registry.server.on(RegistryFixture.MANIFEST, behaviour);
    }

    private RegistryException manifestFails(Problem problem, String message) {
        return assertFails(problem, message, () -> registry.anonymous().manifest(registry.reference()));
    }

    private void answersOnceThenWell(int status, String... headers) {
        var asked = new AtomicInteger();
        answers((request, answer) -> {
            if (asked.getAndIncrement() == 0) {
                answer.send(status, "", headers);
            } else {
                RegistryFixture.sendManifest(answer);
            }
        });
    }

    @Test
    void a_busy_registry_is_asked_again_after_a_pause() throws IOException {
        for (int status : new int[] {429, 500, 502, 503, 504}) {
            answersOnceThenWell(status);
            registry.anonymous().manifest(registry.reference());
        }
        assertThat(registry.pauses).hasSize(5).allMatch(pause -> pause.toMillis() >= 500 && pause.toMillis() <= 1500);
    }

    @Test
    void a_registry_that_says_how_long_to_wait_is_obeyed() throws IOException {
        answersOnceThenWell(429, "Retry-After: 7");
        registry.anonymous().manifest(registry.reference());
        answersOnceThenWell(503, "Date: Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After: Tue, 24 Nov 2026 10:00:09 GMT");
        registry.anonymous().manifest(registry.reference());
        assertThat(registry.pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(9));
    }

    @Test
    void a_registry_that_says_to_wait_for_hours_is_not() {
        answers((request, answer) -> answer.send(429, "", "Retry-After: 21600"));
        RegistryException failure = manifestFails(Problem.RATE_LIMITED, "wants us to wait 21600 s");
        assertThat(failure.hint()).isEqualTo("kerr registry login " + registry.server.host());
        assertThat(registry.server.requests()).hasSize(1);
    }

    @Test
    void a_pause_that_cannot_be_read_is_ours() throws IOException {
        for (String value : List.of("soon", "-5", "99999999999999", "")) {
            answersOnceThenWell(429, "Retry-After: " + value);
            registry.anonymous().manifest(registry.reference());
        }
        assertThat(registry.pauses).hasSize(4).allMatch(pause -> pause.toMillis() <= 1500);
    }

    @Test
    void a_registry_that_stays_busy_is_given_up() {
        answers((request, answer) -> answer.send(503, ""));
        manifestFails(Problem.SERVER_FAULT, "fails with status 503");
        assertThat(registry.server.requests()).hasSize(3);
    }

    @Test
    void a_connection_that_closes_without_a_word_is_tried_again() {
        answers((request, answer) -> {});
        manifestFails(Problem.BROKEN, "the connection to " + registry.server.host() + " broke");
        assertThat(registry.pauses).hasSize(2);
    }

    @Test
    void a_registry_that_says_nothing_is_given_up() {
        registry.losePatience();
        answers((request, answer) -> answer.pause(2000));
        manifestFails(Problem.BROKEN, "did not answer for 250 ms");
    }

    @Test
    void what_is_no_http_is_an_error() {
        answers((request, answer) -> answer.raw("SSH-2.0-OpenSSH_9.2 " + Canary.TOKEN + "\r\n\r\n"));
        manifestFails(Problem.WRONG_ANSWER, "does not speak HTTP");
    }

    @Test
    void answers_that_break_http_are_errors_and_no_crash() {
        for (String response : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
                "HTTP/1.1 204 None\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 999 Odd\r\n\r\n",
                "HTTP/1.1 12 Odd\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/3.0 200 OK\r\n\r\n",
                "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: \0\u0001\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
                "\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: \0\r\n\r\n")) {
            answers((request, answer) -> answer.raw(response));
            assertThatExceptionOfType(RegistryException.class)
                    .as(response)
                    .isThrownBy(() -> registry.anonymous().manifest(registry.reference()));
        }
    }

    @Test
    void content_that_cannot_be_read_is_no_fault_of_the_registry() {
        registry.server.on("/v2/team/app/blobs/uploads/", (request, answer) -> answer.send(202, "", "Location: /up"));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> registry.anonymous()
                        .upload(registry.repository(), RegistryFixture.LAYER_DESCRIPTOR, () -> {
                            throw new NoSuchFileException("/gone");
                        }))
                .withMessage("/gone");
        assertThat(registry.pauses).isEmpty();
    }

    @Test
    void headers_without_end_are_given_up() {
        answers((request, answer) -> {
            answer.raw("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 10_000; i++) {
                answer.raw("X-" + i + ": " + "x".repeat(1000) + "\r\n");
            }
        });
        manifestFails(Problem.WRONG_ANSWER, "does not speak HTTP");
    }

    @Test
    void a_registry_that_is_not_there_is_named() throws IOException {
        registry.server.close();
        RegistryException failure = manifestFails(
                Problem.UNREACHABLE, "cannot reach " + registry.server.host() + ": the connection is refused");
        assertThat(failure).hasMessageStartingWith("cannot get the manifest of " + registry.reference() + ": ");
        assertThat(registry.pauses).isEmpty();
    }

    @Test
    void a_registry_without_tls_that_is_asked_for_with_tls_has_a_remedy() {
        answers((request, answer) -> answer.send(400, ""));
        RegistryException failure = assertFails(
                Problem.UNTRUSTED,
                registry.server.host() + " does not speak TLS",
                () -> registry.client(Logins.none(), RegistryRules.NONE).manifest(registry.reference()));
        assertThat(failure.hint()).contains("--no-https");
        assertThat(registry.server.requests()).isEmpty();
    }

    @Test
    void what_the_registry_does_not_have_is_said_in_words() {
        answers((request, answer) -> answer.send(404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}"));
        manifestFails(Problem.UNKNOWN, "the repository has no such tag or digest");
        answers((request, answer) -> answer.send(404, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}"));
        manifestFails(Problem.UNKNOWN, registry.server.host() + " has no repository team/app");
        answers((request, answer) -> answer.send(404, "<html>"));
        RegistryException failure = manifestFails(Problem.UNKNOWN, "has no such thing");
        assertThat(failure.detail())
                .isEqualTo("GET http://" + registry.server.host() + RegistryFixture.MANIFEST + ": 404");
    }

    @Test
    void a_refusal_repeats_what_the_registry_says_on_one_line() {
        answers((request, answer) -> answer.send(
                403,
                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\\n\\u001b[31mway" + "!".repeat(5000) + "\"}]}"));
        manifestFails(Problem.DENIED, "denies it (DENIED: no??[31mway!");
        answers((request, answer) -> answer.send(418, "{\"errors\":[]}"));
        manifestFails(Problem.REFUSED, "answers with status 418");
    }

    @Test
    void an_error_that_is_no_json_or_too_long_is_known_by_its_status() {
        for (String body : List.of("{", "[]", "{\"errors\":1}", "{\"errors\":[{\"code\":1}]}", " ".repeat(100_000))) {
            answers((request, answer) -> answer.send(400, body));
            manifestFails(Problem.REFUSED, "answers with status 400");
        }
    }

    @Test
    void an_error_that_drips_is_known_by_its_status() {
        registry.losePatience();
        answers((request, answer) -> {
            answer.head(400, List.of(), "Content-Length: 1000");
            answer.pause(2000);
        });
        manifestFails(Problem.REFUSED, "answers with status 400");
    }

    @Test
    void an_upload_is_not_sent_anywhere_else() throws IOException {
        TestServer other = registry.another();
        registry.server.on(
                "/v2/team/app/blobs/uploads/",
                (request, answer) -> answer.send(307, "", "Location: http://" + other.host() + "/"));
        assertFails(
                Problem.WRONG_ANSWER,
                "redirects an upload",
                () -> registry.anonymous()
                        .upload(
                                registry.repository(),
                                RegistryFixture.LAYER_DESCRIPTOR,
                                () -> new ByteArrayInputStream(RegistryFixture.LAYER)));
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void redirects_that_lead_in_a_circle_are_given_up() {
        answers((request, answer) -> answer.send(302, "", "Location: " + RegistryFixture.MANIFEST));
        manifestFails(Problem.WRONG_ANSWER, "redirects more than 5 times");
        assertThat(registry.server.requests()).hasSize(6);
    }

    @Test
    void redirects_to_what_is_no_address_are_refused() {
        for (String location : List.of(
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
                "http://user:pw@127.0.0.1/",
                "gopher:x",
                "http://127.0.0.1:0/",
                "http://127.0.0.1:99999/")) {
            answers((request, answer) -> answer.send(302, "", "Location: " + location));
            manifestFails(Problem.WRONG_ANSWER, "to an address that cannot be used");
        }
        for (String location : List.of("http://", "//", "http://a b/", "http://[::1/", "http://127.0.0.1:x/%")) {
            answers((request, answer) -> answer.send(302, "", "Location: " + location));
            manifestFails(Problem.WRONG_ANSWER, "to an address that cannot be");
        }
        answers((request, answer) -> answer.send(302, ""));
        manifestFails(Problem.WRONG_ANSWER, "to an address that cannot be read");
    }
}
