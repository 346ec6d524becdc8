package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.log.UserException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// References, as the tests of distribution/reference have them.
final class ReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String DIGEST = "sha256:" + HEX;

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest",
        "busybox:1.36, docker.io/library/busybox:1.36",
        "library/busybox, docker.io/library/busybox:latest",
        "user/busybox, docker.io/user/busybox:latest",
        "docker.io/busybox, docker.io/library/busybox:latest",
        "index.docker.io/busybox, docker.io/library/busybox:latest",
        "index.docker.io/user/busybox, docker.io/user/busybox:latest",
        "localhost/busybox, localhost/busybox:latest",
        "localhost:5000/busybox:1, localhost:5000/busybox:1",
        "localhost:5000, docker.io/library/localhost:5000",
        "127.0.0.1:5000/a/b/c, 127.0.0.1:5000/a/b/c:latest",
        "[::1]:5000/a, [::1]:5000/a:latest",
        "[2001:db8::1]/a, [2001:db8::1]/a:latest",
        "Uppercase/lowercase, Uppercase/lowercase:latest",
        "example.org/a-b--c__d.e_f/g, example.org/a-b--c__d.e_f/g:latest",
        "xn--n3h.com/myimage, xn--n3h.com/myimage:latest",
        "a:_T.a-g, docker.io/library/a:_T.a-g",
        "example.org/a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, "
                + "example.org/a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, "
                + "docker.io/library/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    })
    void what_is_left_out_is_filled_in(String text, String full) throws UserException {
        Reference reference = Reference.parse(text);
        assertThat(reference).hasToString(full);
        assertThat(Reference.parse(full)).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "../../x",
                "a/../b",
                "Busybox",
                "example.org/Upper",
                "a b",
                "a\nHost: evil",
                "a\r\nb",
                "a%2fb",
                "-a",
                "a-",
                "a..b",
                "a___b",
                "a//b",
                "/a",
                "a/",
                "example.org/",
                "example.org:99999/a",
                "example.org:0/a",
                "example.org:/a",
                "example.org:x/a",
                "-x.org/a",
                "[::1/a",
                "[fe80::1%25eth0]:5000/a",
                "[::1]",
                "exаmple.org/a",
                "a:",
                "a:-t",
                "a:t/u:",
                "a@",
                "a@sha256:abc",
                "a@SHA256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "a@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "a@sha256:../../etc/passwd",
                "a@sha256:%2e%2e",
                "a@md5:0123456789abcdef0123456789abcdef",
                "https://example.org/a",
                "docker://a",
            })
    void what_does_not_follow_the_grammar_is_refused(String text) {
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> Reference.parse(text));
    }

    @Test
    void lengths_are_bounded() throws UserException {
        assertThat(Reference.parse("a:" + "t".repeat(128)).tag()).hasValue("t".repeat(128));
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> Reference.parse("a:" + "t".repeat(129)));
        assertThat(Reference.parse("x.y/" + "a".repeat(255)).repository().path())
                .hasSize(255);
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> Reference.parse("x.y/" + "a".repeat(256)));
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> Reference.parse("a/".repeat(100_000)));
    }

    @Test
    void a_repository_is_what_the_grammar_allows_however_it_is_made() {
        for (String path : List.of("../x", "a//b", "A", "a?b", "a b", "/")) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Repository("h", path));
        }
        for (String host : List.of("", "h/x", "h:0", "u@h", "h#", "h:123456")) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Repository(host, "a"));
        }
        assertThat(new Repository("h", "")).hasToString("h/");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Reference(new Repository("h", "a"), Optional.of("../x"), Optional.empty()));
    }

    @Test
    void an_id_is_no_name() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Reference.parse(HEX))
                .withMessageContaining("an image's id, not its name");
    }

    @Test
    void a_password_in_a_reference_is_not_repeated() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Reference.parse("user:canary@example.org/a"))
                .withMessage(
                        "cannot read the image's name …@example.org/a: what follows @ is no sha256 or sha512 digest");
    }

    @Test
    void the_message_names_the_rule() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Reference.parse("example.org/Upper"))
                .withMessage("cannot read the image's name example.org/Upper: \"Upper\" must be in lower case");
    }

    @Test
    void the_digest_decides_over_the_tag() throws UserException {
        Digest digest = Digest.parse(DIGEST).orElseThrow();
        assertThat(Reference.parse("a:1").identifier()).isEqualTo("1");
        assertThat(Reference.parse("a:1").at(digest).identifier()).isEqualTo(DIGEST);
        assertThat(Reference.parse("a@" + DIGEST).tag()).isEmpty();
    }
}
