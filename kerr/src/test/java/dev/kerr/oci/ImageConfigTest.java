package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Configurations of images.
final class ImageConfigTest {
    private static final String DIFF_ID = "sha256:" + "cd".repeat(32);

    private static ImageConfig read(String config) throws FormatException {
        String text = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":" + config
                + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + DIFF_ID + "\"]}}";
        return ImageConfig.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(String config, String problem) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> read(config))
                .withMessageContaining(problem);
    }

    @Test
    void a_configuration_comes_back_as_it_was() throws FormatException {
        var execution = new ImageConfig.Execution(
                "1000:100",
                List.of("PATH=/bin", "EMPTY="),
                List.of("/bin/sh", "-c"),
                List.of("echo hi"),
                "/work",
                new TreeMap<>(Map.of("label", "value")),
                List.of("/data"),
                List.of("80/tcp"));
        var config = new ImageConfig(
                Platform.linux("arm64", ""),
                "2026-01-01T00:00:00Z",
                execution,
                List.of(Digest.parse(DIFF_ID).orElseThrow()));
        assertThat(ImageConfig.read(config.encode())).isEqualTo(config);
        assertThat(config.encode()).isEqualTo(ImageConfig.read(config.encode()).encode());
    }

    @Test
    void nothing_but_platform_and_layers_must_be_there() throws FormatException {
        for (String config : List.of("null", "{}", "{\"Env\":null,\"Cmd\":null,\"Volumes\":null,\"Labels\":null}")) {
            ImageConfig.Execution execution = read(config).execution();
            assertThat(execution.environment()).isEmpty();
            assertThat(execution.command()).isEmpty();
            assertThat(execution.labels()).isEmpty();
            assertThat(execution.user()).isEmpty();
        }
    }

    @Test
    void a_command_may_be_one_word() throws FormatException {
        assertThat(read("{\"Entrypoint\":\"/run\"}").execution().entrypoint()).containsExactly("/run");
    }

    @Test
    void what_nothing_can_be_started_with_is_refused() {
        assertRefused("{\"Env\":[\"A=\\u0000\"]}", "NUL byte");
        assertRefused("{\"WorkingDir\":\"/\\u0000\"}", "NUL byte");
        assertRefused("{\"Entrypoint\":{}}", "not a list");
        assertRefused("{\"Cmd\":[1]}", "no text");
        assertRefused("{\"Labels\":{\"a\":1}}", "no text");
        assertRefused("{\"Volumes\":[]}", "not an object");
        assertRefused("{\"Cmd\":[" + "\"\",".repeat(10_000) + "\"\"]}", "more than 10000 parts");
    }

    @Test
    void layers_must_be_named_by_digests() {
        String text =
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"x\"]}}";
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ImageConfig.read(text.getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("no digest");
    }

    @Test
    void a_configuration_that_is_too_long_is_refused() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ImageConfig.read(new byte[ImageConfig.MOST_BYTES + 1]))
                .withMessageContaining("more than 8388608 bytes");
    }
}
