package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Names in OCI layouts, and what `docker save` lists.
final class LayoutTest {
    private final byte[] config = new ImageConfig(
                    Platform.linux("amd64", ""),
                    "",
                    new ImageConfig.Execution(
                            "", List.of(), List.of(), List.of(), "", new TreeMap<>(), List.of(), List.of()),
                    List.of())
            .encode();
    private final Manifest manifest = new Manifest(Descriptor.of(MediaType.OCI_CONFIG, config), List.of());

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Descriptor named(String name) {
        byte[] document = manifest.encode();
        return new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.ofContent(document),
                document.length,
                "",
                Optional.empty(),
                new TreeMap<>(Map.of(Layout.NAME_ANNOTATION, name)));
    }

    @Test
    void an_image_is_found_by_its_name() throws IOException {
        Index index = Layout.readIndex(new Index(List.of(named("one"), named("two"))).encode());
        assertThat(Layout.named(index, "two")).containsExactly(named("two"));
        assertThat(Layout.named(index, "")).hasSize(2);
        assertThat(Layout.named(index, "three")).isEmpty();
    }

    @Test
    void a_layout_of_another_version_is_refused() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> Layout.requireVersion(utf8("{\"imageLayoutVersion\":\"2.0.0\"}")))
                .withMessageContaining("has version 2.0.0");
    }

    @Test
    void a_manifest_in_place_of_the_index_is_refused() {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> Layout.readIndex(manifest.encode()))
                .withMessageContaining("is no index");
    }

    @Test
    void images_of_docker_save_are_listed() throws FormatException {
        String json = "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"x/layer.tar\"]},"
                + "{\"Config\":\"d.json\",\"RepoTags\":null,\"Layers\":[]}]";
        assertThat(DockerArchive.read(utf8(json)))
                .containsExactly(
                        new DockerArchive("c.json", List.of("a:1"), List.of("x/layer.tar")),
                        new DockerArchive("d.json", List.of(), List.of()));
    }

    @Test
    void names_that_lead_out_of_the_archive_are_refused() {
        for (String name : List.of("../../x/layer.tar", "/etc/passwd", "a/../../b", "", "a//b", "a\\u0000b")) {
            String json = "[{\"Config\":\"c\",\"Layers\":[\"" + name + "\"]}]";
            assertThatExceptionOfType(FormatException.class)
                    .as(name)
                    .isThrownBy(() -> DockerArchive.read(utf8(json)))
                    .withMessageContaining("leads out of the archive");
        }
    }

    @Test
    void an_image_takes_the_place_of_those_of_its_name() {
        Index index = new Index(List.of(named("one"), named("two")));
        Descriptor other = Descriptor.of(MediaType.OCI_MANIFEST, utf8("other"));
        Index changed = Layout.with(index, other, "one");
        assertThat(Layout.named(changed, "one")).extracting(Descriptor::digest).containsExactly(other.digest());
        assertThat(Layout.named(changed, "two")).hasSize(1);
        Index nameless = Layout.with(Layout.with(changed, other, ""), other, "");
        assertThat(nameless.manifests()).hasSize(3);
    }

    @Test
    void what_docker_loads_reads_back() throws IOException {
        var archive = new DockerArchive("c.json", List.of("busybox:latest"), List.of("l.tar"));
        assertThat(DockerArchive.read(archive.encode())).containsExactly(archive);
    }
}
