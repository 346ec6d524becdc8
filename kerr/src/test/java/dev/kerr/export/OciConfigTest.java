package dev.kerr.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.inspect.Attributes;
import dev.kerr.oci.Digest;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.Platform;
import dev.kerr.squashfs.EntrySource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Configurations of exported images.
final class OciConfigTest {
    private static final Digest LAYER = Digest.ofContent(new byte[0]);
    private static final Attributes LABELLED =
            new Attributes(new TreeMap<>(), new TreeMap<>(Map.of("key", "value")), Attributes.Scripts.NONE);

    private static String configOf(Optional<String> oci) throws FormatException {
        var original = new Original(
                "x.sif",
                () -> EntrySource.of(List.of()),
                Platform.linux("arm64", ""),
                1_700_000_000,
                oci.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                LABELLED,
                Optional.of(new byte[] {'#'}),
                false);
        Startup startup = Startup.of(LABELLED, original.runscript(), original.created());
        return new String(OciConfig.of(original, startup, LAYER, "9.9"), StandardCharsets.UTF_8);
    }

    @Test
    void that_of_an_oci_image_is_kept_but_for_layers_and_history() throws FormatException {
        String config = configOf(Optional.of("""
                {"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux",
                 "config":{"Cmd":["sh"],"Healthcheck":{"Test":["NONE"]}},"os.features":["x"],
                 "rootfs":{"type":"layers","diff_ids":["sha256:%1$s","sha256:%1$s"]},
                 "history":[{"created_by":"a"},{"created_by":"b"}]}""".formatted("0".repeat(64))));
        assertThat(config)
                .isEqualTo("{\"created\":\"2020-01-01T00:00:00Z\",\"architecture\":\"amd64\",\"os\":\"linux\","
                        + "\"config\":{\"Cmd\":[\"sh\"],\"Healthcheck\":{\"Test\":[\"NONE\"]}},\"os.features\":[\"x\"],"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + LAYER + "\"]},"
                        + "\"history\":[{\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"kerr 9.9\"}]}");
    }

    @Test
    void others_start_their_runscript_and_have_their_labels() throws FormatException {
        ImageConfig config = ImageConfig.read(configOf(Optional.empty()).getBytes(StandardCharsets.UTF_8));
        assertThat(config.platform()).isEqualTo(Platform.linux("arm64", ""));
        assertThat(config.created()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(config.diffIds()).containsExactly(LAYER);
        assertThat(config.execution().entrypoint()).containsExactly("/.singularity.d/oci/runscript");
        assertThat(config.execution().labels()).containsEntry("key", "value");
    }

    @Test
    void what_is_no_configuration_is_damaged() {
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> configOf(Optional.of("{}")));
    }
}
