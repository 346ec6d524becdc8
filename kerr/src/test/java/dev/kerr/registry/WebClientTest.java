package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.json.JsonObject;
import dev.kerr.oci.Digest;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers that are no registries, and lie.
class WebClientTest {
    private static final byte[] FILE = "what the file holds".repeat(1000).getBytes(StandardCharsets.UTF_8);
    private static final String SECRET = "Bearer canary-token";

    private RegistryFixture fixture;
    private WebClient web;

    @BeforeEach
    void start() throws IOException {
        fixture = new RegistryFixture();
        web = new WebClient(fixture.network(Proxies.none(), new Trust(Optional.empty(), List.of())));
    }

    @AfterEach
    void stop() throws IOException {
        web.close();
        fixture.close();
    }

    private WebRequest request(String path) {
        return WebRequest.of("get it", URI.create("http://" + fixture.server.host() + path))
                .authorized(SECRET, "log in");
    }

    private byte[] file() throws IOException {
        try (WebFile file = web.open(request("/f"))) {
            return file.content().readAllBytes();
        }
    }

    private byte[] file(OptionalLong size, Digest digest) throws IOException {
        try (WebFile file = web.open(request("/f"), size, digest)) {
            return file.content().readAllBytes();
        }
    }

    private static RegistryException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable act) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(RegistryException.class, act);
    }

    /// Half of the file, and then the end of the connection.
    private static void half(TestServer.Answer answer, String... headers) throws IOException {
        answer.head(200, List.of(headers), "Content-Length: " + FILE.length);
        answer.out().write(FILE, 0, FILE.length / 2);
    }

    private static void rest(TestServer.Answer answer, byte[] content, String... headers) throws IOException {
        int from = FILE.length / 2;
        answer.head(
                206,
                List.of(headers),
                "Content-Range: bytes " + from + "-" + (FILE.length - 1) + "/" + FILE.length,
                "Content-Length: " + (FILE.length - from));
        answer.out().write(Arrays.copyOfRange(content, from, FILE.length));
    }

    @Test
    void a_file_goes_on_where_it_broke_if_it_is_the_same() throws IOException {
        fixture.server.on("/f", (asked, answer) -> {
            if (asked.header("Range").isEmpty()) {
                half(answer, "ETag: \"1\"");
            } else {
                rest(answer, FILE, "ETag: \"1\"");
            }
        });
        assertThat(file()).isEqualTo(FILE);
    }

    @Test
    void a_file_that_changed_is_not_put_together() {
        for (String tag : List.of("\"2\"", "W/\"1\"", "")) {
            fixture.server.on("/f", (asked, answer) -> {
                if (asked.header("Range").isEmpty()) {
                    half(answer, "ETag: \"1\"");
                } else {
                    rest(answer, FILE, "ETag: " + tag);
                }
            });
            assertThat(failure(this::file).problem()).as(tag).isEqualTo(Problem.WRONG_CONTENT);
        }
    }

    @Test
    void a_file_without_a_state_is_not_put_together() {
        fixture.server.on("/f", (asked, answer) -> {
            if (asked.header("Range").isEmpty()) {
                half(answer);
            } else {
                rest(answer, FILE);
            }
        });
        assertThat(failure(this::file)).hasMessageContaining("the same file");
    }

    @Test
    void a_file_with_a_digest_is_what_the_digest_says() throws IOException {
        fixture.server.on("/f", (asked, answer) -> answer.send(200, FILE));
        assertThat(file(OptionalLong.empty(), Digest.ofContent(FILE))).isEqualTo(FILE);
        assertThat(file(OptionalLong.of(FILE.length), Digest.ofContent(FILE))).isEqualTo(FILE);
        assertThat(failure(() -> file(OptionalLong.of(FILE.length), Digest.ofContent(new byte[0]))))
                .hasMessageContaining("was changed");
        assertThat(failure(() -> file(OptionalLong.of(5), Digest.ofContent(FILE))))
                .hasMessageContaining("should have 5");
    }

    @Test
    void a_token_is_shown_to_nobody_else() throws IOException {
        TestServer other = fixture.another();
        other.on("/f", (asked, answer) -> answer.send(200, FILE));
        fixture.server.on("/f", (asked, answer) -> answer.send(302, "", "Location: http://" + other.host() + "/f"));
        assertThat(file()).isEqualTo(FILE);
        assertThat(fixture.server.requests().getLast().header("Authorization")).isEqualTo(SECRET);
        assertThat(other.requests().getLast().header("Authorization")).isEmpty();
    }

    @Test
    void redirects_end() {
        fixture.server.on("/f", (asked, answer) -> answer.send(302, "", "Location: /f"));
        assertThat(failure(this::file)).hasMessageContaining("the server redirects more than");
        fixture.server.on("/f", (asked, answer) -> answer.send(302, "", "Location: file:///etc/passwd"));
        assertThat(failure(this::file)).hasMessageContaining("cannot be used");
        var body = new JsonObject(new LinkedHashMap<>());
        fixture.server.on("/f", (asked, answer) -> answer.send(307, "", "Location: /g"));
        assertThat(failure(() -> web.send(request("/f"), "POST", body))).hasMessageContaining("redirects an upload");
    }

    @Test
    void pages_are_no_documents() {
        fixture.server.on("/d", (asked, answer) -> answer.send(200, "<html>Sign in</html>"));
        assertThat(failure(() -> web.get(request("/d"))).problem()).isEqualTo(Problem.WRONG_ANSWER);
        fixture.server.on("/d", (asked, answer) -> answer.send(200, "[".repeat(100)));
        assertThat(failure(() -> web.get(request("/d"))).problem()).isEqualTo(Problem.WRONG_ANSWER);
        fixture.server.on("/d", (asked, answer) -> answer.send(200, "{\"a\": \"" + "x".repeat(5 << 20) + "\"}"));
        assertThat(failure(() -> web.get(request("/d")))).hasMessageContaining("more than");
    }

    @Test
    void a_secret_that_is_repeated_is_not_shown() {
        fixture.server.on(
                "/d",
                (asked, answer) ->
                        answer.send(400, "{\"error\": {\"message\": \"odd " + asked.header("Authorization") + "\"}}"));
        assertThat(failure(() -> web.get(request("/d"))))
                .hasMessageContaining("status 400")
                .hasMessageNotContaining("canary");
        fixture.server.on(
                "/d", (asked, answer) -> answer.send(403, "{\"error\": {\"message\": \"no \\u001b[2Jroom\"}}"));
        assertThat(failure(() -> web.get(request("/d"))))
                .hasMessageContaining("no ")
                .hasMessageNotContaining("\u001b");
    }

    @Test
    void what_is_not_there_is_none() throws IOException {
        assertThat(web.find(request("/none"))).isEmpty();
        assertThat(web.state(request("/none"))).isEmpty();
        fixture.server.on("/d", (asked, answer) -> answer.send(401, ""));
        RegistryException refused = failure(() -> web.find(request("/d")));
        assertThat(refused.problem()).isEqualTo(Problem.LOGIN);
        assertThat(refused.hint()).isEqualTo("log in");
    }

    @Test
    void addresses_that_servers_name_are_looked_at() {
        for (String address : List.of("file:///etc/passwd", "", "http://", "http://u:p@h/", "x y", "ftp://h/")) {
            assertThatExceptionOfType(RegistryException.class)
                    .as(address)
                    .isThrownBy(() -> WebRequest.of("get it", address));
        }
    }
}
