package dev.kerr.registry;

import static dev.kerr.registry.Canary.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.config.Variables;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.registry.RegistryException.Problem;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Proxies by variables, and requests that go through one.
final class ProxiesTest {
    private static final URI PLAIN = URI.create("http://registry.example/v2/");
    private static final URI SECURE = URI.create("https://registry.example/v2/");

    private static Proxies proxies(String... variables) throws UserException {
        var map = new HashMap<String, String>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return Proxies.of(new Variables(map));
    }

    private static Optional<String> proxy(Proxies proxies, URI uri) {
        return proxies.proxy(uri).map(Proxies.Proxy::toString);
    }

    @Test
    void each_scheme_has_its_variable_in_capitals_or_not() throws UserException {
        Proxies proxies = proxies("http_proxy", "http://one:3128", "HTTPS_PROXY", "two:8080/");
        assertThat(proxy(proxies, PLAIN)).hasValue("one:3128");
        assertThat(proxy(proxies, SECURE)).hasValue("two:8080");
        assertThat(proxy(proxies("https_proxy", "http://one"), SECURE)).hasValue("one:80");
        assertThat(proxy(proxies("https_proxy", "http://one"), PLAIN)).isEmpty();
        assertThat(proxy(proxies("http_proxy", "lower", "HTTP_PROXY", "UPPER"), PLAIN))
                .hasValue("UPPER:80");
        assertThat(proxy(proxies("http_proxy", " "), PLAIN)).isEmpty();
    }

    @Test
    void this_host_is_reached_without() throws UserException {
        Proxies proxies = proxies("http_proxy", "one", "https_proxy", "one");
        for (String host : List.of("localhost", "127.0.0.1", "127.1.2.3:5000", "[::1]:5000")) {
            assertThat(proxy(proxies, URI.create("http://" + host + "/")))
                    .as(host)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "* registry.example true",
                "registry.example registry.example true",
                "REGISTRY.example registry.example true",
                "example registry.example true",
                ".example registry.example true",
                "*.example registry.example true",
                ".registry.example registry.example false",
                "try.example registry.example false",
                "registry.example:443 registry.example true",
                "registry.example:5000 registry.example false",
                "registry.example:5000 registry.example:5000 true",
                "other,registry.example registry.example true",
                "10.1.0.0/16 10.1.2.3 true",
                "10.1.0.0/16 10.2.2.3 false",
                "10.1.2.3 10.1.2.3 true",
                "10.1.2.3/32 10.1.2.3 true",
                "0.0.0.0/0 10.1.2.3 true",
                "10.1.0.0/33 10.1.2.3 false",
                "10.1.0.0/x 10.1.2.3 false",
                "10.1.0.0/16 registry.example false",
                "2001:db8::/32 [2001:db8::1] true",
                "2001:db8::1 [2001:db8::1] true",
                "[2001:db8::1]:443 [2001:db8::1] true",
                "2001:db8::/32 10.1.2.3 false",
                "1.2.3 10.1.2.3 false",
            })
    void some_hosts_are_reached_without(String value, String host, boolean isWithout) throws UserException {
        Proxies proxies = proxies("https_proxy", "one", "no_proxy", value);
        assertThat(proxy(proxies, URI.create("https://" + host + "/")).isEmpty())
                .isEqualTo(isWithout);
    }

    @ParameterizedTest
    @CsvSource({"socks5://h:1", "https://h:1", "http://", "http://u:canary-password@h:x", "a b"})
    void a_proxy_that_cannot_be_used_is_refused_and_not_repeated(String value) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> proxies("https_proxy", value))
                .withMessage("cannot use the proxy that the variable https_proxy names");
    }

    @Test
    void requests_go_through_the_proxy_with_its_login_and_no_other() throws Exception {
        try (var registry = new RegistryFixture()) {
            TestServer proxy = registry.another();
            proxy.on("*", (request, answer) -> RegistryFixture.sendManifest(answer));
            Proxies proxies = proxies("http_proxy", "http://me:secret@" + proxy.host());
            client(registry, proxies, "registry.example").manifest(Reference.parse("registry.example/team/app:1"));
            TestServer.Request request = proxy.requests().getFirst();
            assertThat(request.target()).isEqualTo("http://registry.example" + RegistryFixture.MANIFEST);
            assertThat(request.header("Proxy-Authorization")).isEqualTo("Basic bWU6c2VjcmV0");

            client(registry, proxies, registry.server.host()).manifest(registry.reference());
            assertThat(registry.server.requests().getFirst().header("Proxy-Authorization"))
                    .isEmpty();
        }
    }

    @Test
    void requests_with_tls_go_through_a_tunnel_that_the_login_opens() throws Exception {
        try (var registry = new RegistryFixture()) {
            TestServer proxy = registry.another();
            proxy.on("*", (request, answer) -> answer.send(502, ""));
            Proxies proxies = proxies("https_proxy", "http://me:secret@" + proxy.host());
            assertFails(
                    Problem.BROKEN,
                    "tunnel failed",
                    () -> client(registry, proxies, "other").manifest(Reference.parse("registry.example/team/app:1")));
            TestServer.Request request = proxy.requests().getFirst();
            assertThat(request.method()).isEqualTo("CONNECT");
            assertThat(request.target()).isEqualTo("registry.example:443");
            assertThat(request.header("Proxy-Authorization")).isEqualTo("Basic bWU6c2VjcmV0");
        }
    }

    @Test
    void a_proxy_that_wants_a_login_is_an_error_with_a_remedy() throws Exception {
        try (var registry = new RegistryFixture()) {
            TestServer proxy = registry.another();
            proxy.on("*", (request, answer) -> answer.send(407, "", "Proxy-Authenticate: Basic realm=\"p\""));
            Proxies proxies = proxies("http_proxy", proxy.host());
            RegistryException failure = assertFails(
                    Problem.REFUSED,
                    "the proxy wants a login",
                    () -> client(registry, proxies, "registry.example")
                            .manifest(Reference.parse("registry.example/team/app:1")));
            assertThat(failure.hint()).contains("USER:PASSWORD@");
        }
    }

    private static RegistryClient client(RegistryFixture registry, Proxies proxies, String plainHost) {
        return registry.client(new RegistrySettings(
                Logins.only(registry.server.host(), Canary.LOGIN),
                RegistryRules.NONE.withPlain(plainHost),
                registry.network(proxies, new Trust(Optional.empty(), List.of()))));
    }

    @Test
    void a_proxy_says_nothing_of_its_login() throws UserException {
        Proxies proxies = proxies("http_proxy", "http://me:secret@one:1");
        assertThat(proxies.proxy(PLAIN).orElseThrow() + Map.of().toString()).doesNotContain("bWU6c2VjcmV0");
    }
}
