package dev.kerr.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.oci.Repository;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Where repositories are asked for, by rules as podman's file has them.
final class RegistryRulesTest {
    private static final String FILE = """
            # comments, and what other programs want to know
            unqualified-search-registries = ["docker.io",
                "quay.io"]

            [[registry]]
            prefix = "docker.io"
            location = "docker.io"   # the same
            [[registry.mirror]]
            location = 'mirror.example/hub'
            [[registry.mirror]]
            location = "10.0.0.1:5000"
            insecure = true
            pull-from-mirror = "digest-only"

            [[registry]]
            location = "docker.io/library"
            blocked = true

            [[registry]]
            prefix = "*.lab.example"
            location = "store.example/lab"
            insecure = false

            [aliases]
            "busybox" = "docker.io/library/busybox"

            [[registry]]
            location = "plain.example:5000"
            insecure = true
            """;

    private static RegistryRules rules(String text) throws UserException {
        return new RegistryRules(RegistriesFile.parse("registries.conf", text), Set.of("asked.example"));
    }

    private static Repository repository(String name) throws UserException {
        return Reference.parse(name).repository();
    }

    private static List<String> sources(String name) throws UserException {
        return rules(FILE).sources(repository(name)).stream()
                .map(endpoint -> endpoint.uri("tags/list").toString())
                .toList();
    }

    @Test
    void a_registry_without_a_rule_is_where_its_name_says() throws UserException {
        assertThat(sources("quay.example:1/a/b")).containsExactly("https://quay.example:1/v2/a/b/tags/list");
        assertThat(sources("UPPER.example/a")).containsExactly("https://upper.example/v2/a/tags/list");
        assertThat(sources("asked.example/a")).containsExactly("http://asked.example/v2/a/tags/list");
        assertThat(new Endpoint(repository("busybox"), false).root()).isEqualTo("https://registry-1.docker.io/v2/");
    }

    @Test
    void mirrors_come_before_the_registry() throws UserException {
        assertThat(sources("user/app"))
                .containsExactly(
                        "https://mirror.example/v2/hub/user/app/tags/list",
                        "http://10.0.0.1:5000/v2/user/app/tags/list",
                        "https://registry-1.docker.io/v2/user/app/tags/list");
    }

    @Test
    void what_is_put_goes_to_no_mirror() throws UserException {
        assertThat(rules(FILE).target(repository("user/app")).root()).isEqualTo("https://registry-1.docker.io/v2/");
    }

    @Test
    void the_longest_prefix_counts_and_ends_at_a_slash() throws UserException {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> rules(FILE).sources(repository("busybox")))
                .withMessage("cannot use docker.io/library/busybox: this site blocks registries docker.io/library");
        assertThat(sources("docker.io/libraryx/app")).hasSize(3);
        assertThat(sources("docker.iox/library/app")).containsExactly("https://docker.iox/v2/library/app/tags/list");
    }

    @Test
    void hosts_below_a_name_have_one_rule() throws UserException {
        assertThat(sources("a.lab.example/x")).containsExactly("https://store.example/v2/lab/x/tags/list");
        assertThat(sources("lab.example/x")).containsExactly("https://lab.example/v2/x/tags/list");
    }

    @Test
    void a_registry_without_tls_is_spoken_to_without() throws UserException {
        assertThat(sources("plain.example:5000/a")).containsExactly("http://plain.example:5000/v2/a/tags/list");
        assertThat(sources("plain.example/a")).containsExactly("https://plain.example/v2/a/tags/list");
    }

    @Test
    void a_location_that_makes_no_repository_is_refused() {
        for (String location : List.of("h/../x", "h:99999", "a_b", "h/x..y")) {
            assertThatExceptionOfType(UserException.class)
                    .as(location)
                    .isThrownBy(() -> rules("[[registry]]\nprefix = \"p.example\"\nlocation = \"" + location + "\"")
                            .target(repository("p.example/a")))
                    .withMessage("cannot use the location " + location + ": " + location + "/a is no repository");
        }
    }

    @Test
    void what_cannot_be_understood_is_refused_with_its_line() {
        for (String line :
                List.of("location", "location = \"a\\nb\"", "= x", "location = [\"a\"]", "location = \"a\" b")) {
            assertThatExceptionOfType(UserException.class)
                    .as(line)
                    .isThrownBy(() -> rules("[[registry]]\n" + line))
                    .withMessageStartingWith("registries.conf, line 2: cannot read ");
        }
        for (String line :
                List.of("location = true", "location = \"https://a\"", "blocked = 1", "insecure = \"true\"")) {
            assertThatExceptionOfType(UserException.class)
                    .as(line)
                    .isThrownBy(() -> rules("[[registry]]\nprefix = \"x\"\n" + line))
                    .withMessageStartingWith("registries.conf: ");
        }
    }
}
