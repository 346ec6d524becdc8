package dev.kerr.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names in libraries and hubs, versions of libraries, parts of uploads.
class LibraryNamesTest {
    @ParameterizedTest
    @CsvSource({
        "alpine, '', alpine:latest",
        "lib/alpine:3, '', lib/alpine:3",
        "ada/tools/x:1, '', ada/tools/x:1",
        "/ada/tools/x, '', ada/tools/x:latest",
        "h.example.org:5000/ada/tools/x:1, h.example.org:5000, ada/tools/x:1",
    })
    void a_host_is_named_with_all_three_parts(String text, String host, String identifier) throws Exception {
        LibraryReference reference = LibraryReference.parse(text);
        assertThat(reference.host()).isEqualTo(host);
        assertThat(reference.identifier()).isEqualTo(identifier);
    }

    @Test
    void a_digest_may_stand_for_a_tag() throws Exception {
        String hex = "0123456789abcdef".repeat(4);
        assertThat(LibraryReference.parse("a/b/c:sha256." + hex)
                        .digest()
                        .orElseThrow()
                        .hex())
                .isEqualTo(hex);
        assertThat(LibraryReference.parse("a/b/c:sha256.x").digest()).isEmpty();
        assertThat(LibraryReference.parse("a/b/c:1,2").tags()).containsExactly("1", "2");
    }

    @Test
    void hubs_have_hosts_with_paths() throws Exception {
        assertThat(HubReference.parse("u/n")).isEqualTo(new HubReference("", "u/n", ":latest"));
        assertThat(HubReference.parse("h:80/p/u/n:t")).isEqualTo(new HubReference("h:80/p", "u/n", ":t"));
        String commit = "a".repeat(40);
        assertThat(HubReference.parse("u/n@" + commit).fileName()).isEqualTo("n_aaaaaaaaaaaa");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> HubReference.parse("u/n@abc"));
    }

    @ParameterizedTest
    @CsvSource({
        "2.0.0-alpha.1, true, false",
        "2.0.0-alpha.2, true, true",
        "2.0.0, true, true",
        "1.9.9, false, false",
        "10.0.0-alpha.1, true, true",
        "'', false, false",
        "new, false, false",
    })
    void versions_have_an_order(String version, boolean uploads, boolean tags) {
        assertThat(ApiVersion.isAtLeast(version, ApiVersion.UPLOADS)).isEqualTo(uploads);
        assertThat(ApiVersion.isAtLeast(version, ApiVersion.ARCHITECTURE_TAGS)).isEqualTo(tags);
    }

    @Test
    void parts_make_up_the_file() throws Exception {
        var parts = FilePart.of(Path.of("x"), 25, 10, 3);
        assertThat(parts).extracting(FilePart::size).containsExactly(10L, 10L, 5L);
        assertThat(parts).extracting(FilePart::offset).containsExactly(0L, 10L, 20L);
        for (long[] wrong : new long[][] {{25, 10, 2}, {25, 10, 4}, {25, 0, 1}, {25, 1, 0}, {1 << 20, 1, 1 << 20}}) {
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> FilePart.of(Path.of("x"), wrong[0], wrong[1], wrong[2]));
        }
    }
}
