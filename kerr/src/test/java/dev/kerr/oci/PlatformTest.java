package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Spellings of platforms, and which manifest of an index is taken for each.
final class PlatformTest {
    private static Index index(String... platforms) {
        return new Index(Arrays.stream(platforms).map(PlatformTest::manifest).toList());
    }

    /// A manifest for `os/architecture/variant`, known by the digest of these words.
    private static Descriptor manifest(String platform) {
        String[] words = platform.split("/");
        byte[] content = platform.getBytes(StandardCharsets.UTF_8);
        var described = words[0].equals("linux")
                ? Platform.linux(words[1], words.length > 2 ? words[2] : "")
                : new Platform(words[0], words[1], "");
        return new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.ofContent(content),
                content.length,
                "",
                Optional.of(described),
                Collections.emptySortedMap());
    }

    private static Optional<Digest> selected(Index index, String wanted) throws UserException {
        return index.select(Platform.parse(wanted)).map(Descriptor::digest);
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, linux/amd64",
        "x86_64, linux/amd64",
        "amd64/v1, linux/amd64",
        "linux/amd64/v3, linux/amd64/v3",
        "aarch64, linux/arm64/v8",
        "linux/arm64, linux/arm64/v8",
        "arm, linux/arm/v7",
        "arm/6, linux/arm/v6",
        "armhf, linux/arm/v7",
        "i386, linux/386",
        "ppc64le, linux/ppc64le",
        "LINUX/AMD64, linux/amd64",
    })
    void platforms_have_one_spelling(String text, String normal) throws UserException {
        assertThat(Platform.parse(text)).hasToString(normal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "linux/", "windows/amd64/v1", "a/b/c", "linux/arm/v7/x", "/amd64"})
    void what_is_no_platform_is_refused(String text) {
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> Platform.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, linux/amd64",
        "amd64/v3, linux/amd64/v2",
        "arm64, linux/arm64/v8",
        "arm64/v9, linux/arm64/v8",
        "arm, linux/arm/v7",
        "arm/v6, linux/arm/v6",
    })
    void the_best_that_runs_is_selected(String wanted, String taken) throws UserException {
        var index = index(
                "unknown/unknown",
                "windows/amd64",
                "linux/arm/v5",
                "linux/arm/v6",
                "linux/arm/v7",
                "linux/amd64",
                "linux/amd64/v2",
                "linux/amd64/v4",
                "linux/arm64/v8");
        assertThat(selected(index, wanted)).hasValue(manifest(taken).digest());
    }

    @Test
    void what_does_not_run_is_not_selected() throws UserException {
        var index = index("linux/arm/v7", "linux/amd64/v3", "windows/arm64", "unknown/unknown");
        assertThat(selected(index, "arm/v6")).isEmpty();
        assertThat(selected(index, "amd64")).isEmpty();
        assertThat(selected(index, "arm64")).isEmpty();
        assertThat(index.platforms())
                .extracting(Platform::toString)
                .isEqualTo(List.of("linux/arm/v7", "linux/amd64/v3", "windows/arm64"));
    }

    @Test
    void one_manifest_without_a_platform_is_taken_as_it_is() throws UserException {
        var only = new Descriptor(MediaType.OCI_MANIFEST, Digest.ofContent(new byte[0]), 0);
        assertThat(selected(new Index(List.of(only)), "s390x")).hasValue(only.digest());
        assertThat(selected(new Index(List.of(only, only)), "s390x")).isEmpty();
    }

    @Test
    void the_host_is_known_by_the_name_that_java_has_for_it() {
        assertThat(Platform.ofHost("aarch64")).hasToString("linux/arm64/v8");
        assertThat(Platform.ofHost("amd64")).hasToString("linux/amd64");
    }
}
