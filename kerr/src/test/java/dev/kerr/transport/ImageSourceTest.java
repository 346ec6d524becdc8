package dev.kerr.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import dev.kerr.transport.ImageSource.Kind;
import dev.kerr.transport.ImageSource.Local;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSourceTest {
    @ParameterizedTest
    @CsvSource({
        "docker://alpine, alpine_latest.sif",
        "docker:alpine:3, alpine_3.sif",
        "docker://ghcr.io/a/b:v1, b_v1.sif",
        "oras://r.example.org/x/y:1, y_1.sif",
        "oci:dir/layout, layout.sif",
        "oci-archive:/a/b.tar:name, b.sif",
        "docker-archive:x.tar.gz, x.tar.sif",
        "docker-daemon:alpine, alpine_latest.sif",
        "docker-daemon:host:5000/a/b:1, b_1.sif",
        "library://a/b/c:1.2, c_1.2.sif",
        "library://c, c_latest.sif",
        "shub://h.example.org/u/n:t, n_t.sif",
        "https://x.example.org/d/y.simg?q=1, y.simg",
        "https://x.example.org, x.example.org.sif",
    })
    void sources_have_names_for_files(String text, String name) throws Exception {
        assertThat(ImageSource.parse(text).orElseThrow().fileName()).isEqualTo(name);
    }

    @Test
    void a_digest_names_a_file_by_its_beginning() throws Exception {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        assertThat(ImageSource.parse("docker://a@" + digest).orElseThrow().fileName())
                .isEqualTo("a_0123456789ab.sif");
    }

    @Test
    void a_local_image_may_have_a_name() throws Exception {
        assertThat(ImageSource.parse("oci:dir:v1:2")).contains(new Local(Kind.OCI, Path.of("dir"), "v1:2"));
        assertThat(ImageSource.parse("docker-archive://x.tar"))
                .contains(new Local(Kind.DOCKER_ARCHIVE, Path.of("x.tar"), ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpine", "", ":x", "data:x.sif", "/a/b.sif"})
    void others_are_files(String text) throws Exception {
        assertThat(ImageSource.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ipfs://x",
                "library://a/b/c:",
                "library://a//c",
                "library://h.example.org/a/b/c/d",
                "library://a/b/c@x",
                "shub://x",
                "shub://a/b c",
                "docker-daemon:",
                "docker-daemon:a b",
                "docker-daemon:../x",
                "https:///x",
                "https://x y/z",
                "oci:",
                "docker://",
                "oras://A"
            })
    void what_cannot_be_fetched_is_refused(String text) {
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> ImageSource.parse(text));
    }

    @Test
    void a_login_in_an_address_is_not_shown() throws Exception {
        var net = (ImageSource.Net)
                ImageSource.parse("https://ada:canary@x.example.org/y.sif").orElseThrow();
        assertThat(net.shown()).hasToString("https://x.example.org/y.sif");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ImageSource.parse("https://ada:canary@x y/z"))
                .withMessageNotContaining("canary");
    }
}
