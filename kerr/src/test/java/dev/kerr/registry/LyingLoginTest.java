package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static dev.kerr.registry.Canary.assertUnseenBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.log.UserException;
import dev.kerr.oci.Repository;
import dev.kerr.registry.RegistryException.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Registries and token servers that ask for logins, honestly or to get at what is not for them.
final class LyingLoginTest {
    private static final String BASIC = "Basic " + Canary.LOGIN.basic();
    private static final String BEARER = "Bearer " + Canary.TOKEN;
    private static final String TOKEN_JSON = "{\"token\":\"" + Canary.TOKEN + "\"}";

    private RegistryFixture registry;
    private TestServer server;
    private TestServer other;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryFixture();
        server = registry.server;
        other = registry.another();
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    /// The manifest is given to who shows this header, and others are challenged.
    private void wants(String authorization, String... challenges) {
        server.on(RegistryFixture.MANIFEST, (request, answer) -> {
            if (request.header("Authorization").equals(authorization)) {
                RegistryFixture.sendManifest(answer);
            } else {
                answer.send(401, "", challenges);
            }
        });
    }

    private static String basic() {
        return "WWW-Authenticate: Basic realm=\"r\"";
    }

    private static String bearer(String realm) {
        return "WWW-Authenticate: Bearer realm=\"" + realm
                + "\",service=\"the registry\",scope=\"repository:team/app:pull\"";
    }

    private String realm() {
        return "http://" + server.host() + "/token";
    }

    private void tokensAre(String json) {
        server.on("/token", (request, answer) -> answer.send(200, json));
    }

    private void get(RegistryClient client) throws IOException {
        client.manifest(registry.reference());
    }

    private RegistryException failsFor(RegistryClient client, Problem problem, String message) {
        return assertFails(problem, message, () -> get(client));
    }

    @Test
    void a_password_is_shown_to_who_asks_for_it() throws IOException {
        wants(BASIC, basic());
        get(registry.known());
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void a_password_that_was_good_once_is_shown_unasked() throws IOException {
        wants(BASIC, basic());
        RegistryClient client = registry.known();
        get(client);
        get(client);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void without_a_login_the_user_is_told_how_to_log_in() {
        wants(BASIC, basic());
        RegistryException failure = failsFor(
                registry.anonymous(), Problem.LOGIN, "it is not there, or " + server.host() + " wants a login");
        assertThat(failure.hint()).isEqualTo("kerr registry login " + server.host());
    }

    @Test
    void a_login_that_is_not_accepted_is_shown_once() {
        server.on(RegistryFixture.MANIFEST, (request, answer) -> answer.send(401, "", basic()));
        failsFor(registry.known(), Problem.LOGIN, server.host() + " does not accept the login");
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void a_token_is_got_with_the_password_and_shown() throws IOException {
        wants(BEARER, bearer(realm()));
        tokensAre(TOKEN_JSON);
        get(registry.known());
        TestServer.Request question = server.requests().get(1);
        assertThat(question.header("Authorization")).isEqualTo(BASIC);
        assertThat(question.query()).isEqualTo("service=the+registry&scope=repository%3Ateam%2Fapp%3Apull");
    }

    @Test
    void a_token_is_got_without_a_login_too() throws IOException {
        wants(BEARER, bearer(realm()));
        tokensAre("{\"access_token\":\"" + Canary.TOKEN + "\",\"expires_in\":60}");
        get(registry.anonymous());
        assertThat(server.requests().get(1).header("Authorization")).isEmpty();
    }

    @Test
    void a_token_is_wanted_rather_than_the_password() throws IOException {
        wants(BEARER, basic(), bearer(realm()));
        tokensAre(TOKEN_JSON);
        get(registry.known());
    }

    @Test
    void an_identity_token_is_changed_for_a_token() throws IOException {
        wants(BEARER, bearer(realm()));
        tokensAre(TOKEN_JSON);
        get(registry.client(Logins.only(server.host(), new Login.IdentityToken("a+b c"))));
        TestServer.Request question = server.requests().get(1);
        assertThat(question.method()).isEqualTo("POST");
        assertThat(new String(question.body(), StandardCharsets.UTF_8))
                .isEqualTo("service=the+registry&scope=repository%3Ateam%2Fapp%3Apull&grant_type=refresh_token"
                        + "&client_id=kerr&refresh_token=a%2Bb+c");
    }

    @Test
    void a_registry_token_is_shown_as_it_is() throws IOException {
        wants(BEARER, bearer(realm()));
        get(registry.client(Logins.only(server.host(), new Login.RegistryToken(Canary.TOKEN))));
        assertThat(server.count("/token")).isZero();
    }

    @Test
    void a_registry_token_that_is_none_is_not_shown() {
        wants(BEARER, bearer(realm()));
        failsFor(
                registry.client(Logins.only(server.host(), new Login.RegistryToken(Canary.TOKEN + "\r\nX: y"))),
                Problem.LOGIN_UNREADABLE,
                "the token that is stored for " + server.host() + " is none");
    }

    @Test
    void a_token_that_ran_out_is_replaced() throws IOException {
        wants("Bearer one", bearer(realm()));
        tokensAre("{\"token\":\"one\"}");
        RegistryClient client = registry.known();
        get(client);
        wants("Bearer two", bearer(realm()));
        tokensAre("{\"token\":\"two\"}");
        get(client);
        assertThat(server.count("/token")).isEqualTo(2);
    }

    @Test
    void a_registry_that_accepts_no_token_is_given_up() {
        server.on(RegistryFixture.MANIFEST, (request, answer) -> answer.send(401, "", bearer(realm())));
        tokensAre(TOKEN_JSON);
        failsFor(registry.known(), Problem.LOGIN, "does not accept the login");
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void a_token_server_that_refuses_the_login_is_named() {
        wants(BEARER, bearer(realm()));
        server.on("/token", (request, answer) -> answer.send(401, "", basic()));
        failsFor(registry.known(), Problem.LOGIN, "the token server 127.0.0.1 gives no token, but status 401");
        assertThat(server.count("/token")).isEqualTo(1);
    }

    @Test
    void a_token_server_without_tls_on_another_host_is_not_asked() {
        wants(
                BEARER,
                bearer("http://localhost:" + other.host().substring(other.host().indexOf(':') + 1) + "/token"));
        failsFor(registry.known(), Problem.UNTRUSTED, "names a token server without TLS, http://localhost:");
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void a_token_server_that_is_none_is_not_asked() {
        for (String realm : List.of(
                "",
                "token",
                "file:///etc/passwd",
                "ftp://127.0.0.1/",
                "http://",
                "http://u:p@" + other.host() + "/",
                "http://" + other.host() + "/#x",
                "http://" + other.host() + "/ x")) {
            wants(BEARER, bearer(realm));
            failsFor(registry.known(), Problem.WRONG_ANSWER, "names a token server that is none");
        }
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void a_challenge_that_is_too_long_or_none_is_refused() {
        wants(BEARER, bearer(realm() + "?" + "x".repeat(3000)));
        failsFor(registry.known(), Problem.WRONG_ANSWER, "challenge is too long");
        for (String challenge :
                List.of("X-None: x", "WWW-Authenticate: ", "WWW-Authenticate: Negotiate", "WWW-Authenticate: =\"")) {
            wants(BEARER, challenge);
            failsFor(registry.known(), Problem.LOGIN, "does not accept the login");
        }
        assertUnseenBy(server);
    }

    @Test
    void a_token_server_does_not_send_us_elsewhere() {
        wants(BEARER, bearer(realm()));
        server.on("/token", (request, answer) -> answer.send(302, "", "Location: http://" + other.host() + "/"));
        failsFor(registry.known(), Problem.WRONG_ANSWER, "gives no token, but status 302");
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void what_is_no_token_is_refused() {
        wants(BEARER, bearer(realm()));
        for (String json : List.of(
                "",
                "{}",
                "[]",
                "<html>",
                "{\"token\":\"\"}",
                "{\"token\":1}",
                "{\"token\":\"a\\r\\nHost: evil\"}",
                "{\"token\":\"a b\"}",
                "{\"token\":\"ä\"}",
                "{\"token\":\"" + "x".repeat(70_000) + "\"}")) {
            tokensAre(json);
            failsFor(registry.known(), Problem.WRONG_ANSWER, "token server 127.0.0.1");
        }
    }

    @Test
    void a_huge_token_is_not_read_to_its_end() {
        wants(BEARER, bearer(realm()));
        tokensAre("{\"token\":\"" + "x".repeat(1 << 20) + "\"}");
        failsFor(registry.known(), Problem.WRONG_ANSWER, "more than 262144 bytes");
    }

    @Test
    void a_token_that_drips_is_given_up() {
        registry.losePatience();
        wants(BEARER, bearer(realm()));
        server.on("/token", (request, answer) -> {
            answer.head(200, List.of(), "Content-Length: 1000");
            answer.pause(2000);
        });
        failsFor(registry.known(), Problem.BROKEN, "no byte came for 250 ms");
    }

    @Test
    void a_busy_token_server_is_asked_again() throws IOException {
        wants(BEARER, bearer(realm()));
        var asked = new AtomicInteger();
        server.on("/token", (request, answer) -> answer.send(asked.getAndIncrement() == 0 ? 503 : 200, TOKEN_JSON));
        get(registry.known());
        assertThat(registry.pauses).hasSize(1);
    }

    @Test
    void a_redirect_to_another_host_takes_no_login_along() throws IOException {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            server.on(
                    RegistryFixture.BLOB,
                    (request, answer) -> answer.send(
                            request.header("Authorization").isEmpty() ? 401 : status,
                            "",
                            basic(),
                            "Location: http://" + other.host() + "/storage?X-Amz-Signature=s"));
            other.on("/storage", (request, answer) -> answer.send(200, RegistryFixture.LAYER));
            assertThat(registry.blob(registry.known())).isEqualTo(RegistryFixture.LAYER);
        }
        assertThat(other.count("/storage")).isEqualTo(5);
        assertUnseenBy(other);
    }

    @Test
    void another_host_that_asks_for_a_login_gets_none() {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 302,
                        "",
                        basic(),
                        "Location: http://" + other.host() + "/x"));
        other.on("/x", (request, answer) -> answer.send(401, "", basic(), bearer("http://" + other.host() + "/token")));
        failsFor(registry.known(), Problem.LOGIN, "does not accept the login");
        assertThat(other.requests()).hasSize(1);
        assertUnseenBy(other);
    }

    @Test
    void who_was_sent_elsewhere_and_back_comes_without_a_login() throws IOException {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 302,
                        "",
                        basic(),
                        "Location: http://" + other.host() + "/x"));
        other.on("/x", (request, answer) -> answer.send(302, "", "Location: http://" + server.host() + "/back"));
        server.on("/back", (request, answer) -> RegistryFixture.sendManifest(answer));
        get(registry.known());
        assertThat(server.requests().getLast().target()).isEqualTo("/back");
        assertThat(server.requests().getLast().header("Authorization")).isEmpty();
    }

    @Test
    void a_redirect_on_the_same_host_keeps_the_login() throws IOException {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 307, "", basic(), "Location: /moved"));
        server.on("/moved", (request, answer) -> RegistryFixture.sendManifest(answer));
        get(registry.known());
        assertThat(server.requests().getLast().header("Authorization")).isEqualTo(BASIC);
    }

    @Test
    void secrets_that_a_server_repeats_are_not_shown() {
        for (String secret : List.of(Canary.LOGIN.password(), Canary.LOGIN.basic(), BASIC, BEARER)) {
            server.on(
                    RegistryFixture.MANIFEST,
                    (request, answer) -> answer.send(
                            request.header("Authorization").isEmpty() ? 401 : 403,
                            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"you are " + secret + "\"}]}",
                            bearer(realm())));
            tokensAre(TOKEN_JSON);
            failsFor(registry.known(), Problem.DENIED, server.host() + " denies it (DENIED)");
        }
    }

    @Test
    void a_secret_that_is_cut_off_in_an_error_is_not_shown_either() {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 403,
                        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + "x".repeat(190) + Canary.LOGIN.password()
                                + "\"}]}",
                        basic()));
        RegistryException failure = failsFor(registry.known(), Problem.DENIED, "(DENIED)");
        assertThat(failure.getMessage()).doesNotContain("canary");
    }

    @Test
    void the_address_of_a_storage_is_shown_without_its_signature() {
        server.on(
                RegistryFixture.MANIFEST,
                (request, answer) ->
                        answer.send(302, "", "Location: http://" + other.host() + "/gone?sig=" + Canary.TOKEN));
        RegistryException failure = failsFor(registry.anonymous(), Problem.UNKNOWN, "has no such thing");
        assertThat(failure.detail()).doesNotContain("sig");
    }

    @Test
    void a_login_for_another_registry_stays_at_home() {
        wants(BASIC, basic());
        failsFor(registry.client(Logins.only("registry.example.org", Canary.LOGIN)), Problem.LOGIN, "wants a login");
        failsFor(registry.client(Logins.only("127.0.0.1", Canary.LOGIN)), Problem.LOGIN, "wants a login");
        assertUnseenBy(server);
    }

    @Test
    void an_upload_that_is_sent_to_another_host_goes_without_a_login() throws IOException {
        server.on(
                "/v2/team/app/blobs/uploads/",
                (request, answer) -> answer.send(
                        request.header("Authorization").isEmpty() ? 401 : 202,
                        "",
                        basic(),
                        "Location: http://" + other.host() + "/up"));
        other.on("/up", (request, answer) -> answer.send(201, ""));
        registry.known()
                .upload(
                        registry.repository(),
                        RegistryFixture.LAYER_DESCRIPTOR,
                        () -> new ByteArrayInputStream(RegistryFixture.LAYER));
        assertThat(other.requests()).hasSize(1);
        assertThat(other.requests().getFirst().body()).isEqualTo(RegistryFixture.LAYER);
        assertUnseenBy(other);
    }

    @Test
    void a_mount_asks_for_the_right_to_read_the_other_repository() throws IOException {
        server.on(
                "/v2/team/app/blobs/uploads/",
                (request, answer) ->
                        answer.send(request.header("Authorization").isEmpty() ? 401 : 201, "", bearer(realm())));
        tokensAre(TOKEN_JSON);
        assertThat(registry.known()
                        .mount(
                                registry.repository(),
                                RegistryFixture.LAYER_DESCRIPTOR,
                                new Repository(server.host(), "team/base")))
                .isTrue();
        assertThat(server.requests().get(1).query())
                .isEqualTo("service=the+registry&scope=repository%3Ateam%2Fapp%3Apull%2Cpush"
                        + "&scope=repository%3Ateam%2Fbase%3Apull&scope=repository%3Ateam%2Fapp%3Apull");
    }

    @Test
    void a_login_that_cannot_be_read_is_an_error_only_where_one_is_wanted() throws IOException {
        Logins broken = (host, path) -> {
            throw new UserException("cannot read the logins in x: damaged", "mend it");
        };
        get(registry.client(broken));
        wants(BASIC, basic());
        RegistryException failure =
                failsFor(registry.client(broken), Problem.LOGIN_UNREADABLE, "the logins in x: damaged");
        assertThat(failure.hint()).isEqualTo("mend it");
    }

    @Test
    void a_check_shows_the_login_to_the_registry_as_such() throws IOException {
        server.on(
                "/v2/",
                (request, answer) ->
                        answer.send(request.header("Authorization").equals(BASIC) ? 200 : 401, "{}", basic()));
        registry.known().check(server.host());
        assertFails(
                Problem.LOGIN,
                "cannot log in to " + server.host(),
                () -> registry.anonymous().check(server.host()));
        server.on("/v2/", (request, answer) -> answer.send(404, "<html>"));
        assertFails(Problem.UNKNOWN, "has no such thing", () -> registry.known().check(server.host()));
    }

    @Test
    void logins_say_nothing_of_themselves() {
        for (Login login :
                List.of(Canary.LOGIN, new Login.IdentityToken(Canary.TOKEN), new Login.RegistryToken(Canary.TOKEN))) {
            assertThat(Canary.isIn(login.toString() + Map.of("login", login))).isFalse();
        }
    }
}
