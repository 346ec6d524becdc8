package dev.kerr.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Manifests and indexes: both families, what is refused, and that writing gives back what was read.
final class DocumentTest {
    private static final String HEX = "ab".repeat(32);
    private static final String BLOB = "{\"mediaType\":\"%s\",\"digest\":\"sha256:" + HEX + "\",\"size\":%s}";
    private static final String CONFIG = "\"config\":" + BLOB.formatted(MediaType.OCI_CONFIG, 10);
    private static final String LAYERS =
            "\"layers\":[" + BLOB.formatted("application/vnd.oci.image.layer.v1.tar+gzip", 20) + "]";
    private static final String MANIFESTS = "\"manifests\":[" + BLOB.formatted(MediaType.OCI_MANIFEST, 30) + "]";

    private static Document read(String json, String contentType) throws FormatException {
        return Document.read(json.getBytes(StandardCharsets.UTF_8), contentType);
    }

    private static Document read(String json) throws FormatException {
        return read(json, "");
    }

    private static void assertRefused(String json, String contentType, String problem) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> read(json, contentType))
                .withMessageContaining(problem);
    }

    private static String typed(String mediaType, String rest) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\"," + rest + "}";
    }

    private static String untyped(String rest) {
        return "{\"schemaVersion\":2," + rest + "}";
    }

    @Test
    void a_manifest_comes_back_as_it_was() throws FormatException {
        var annotations = new TreeMap<>(Map.of("b", "2", "a", "1"));
        var blob = new Descriptor(MediaType.OCI_EMPTY, Digest.ofContent(new byte[] {'{', '}'}), 2);
        var manifest = new Manifest(
                MediaType.OCI_MANIFEST, "application/x", blob, List.of(blob, blob), Optional.of(blob), annotations);
        assertThat(Document.read(manifest.encode(), MediaType.OCI_MANIFEST)).isEqualTo(manifest);
        assertThat(new String(manifest.encode(), StandardCharsets.UTF_8))
                .startsWith("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\"")
                .endsWith("\"annotations\":{\"a\":\"1\",\"b\":\"2\"}}");
    }

    @Test
    void an_index_comes_back_as_it_was() throws FormatException {
        var entry = new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.ofContent(new byte[0]),
                0,
                "application/x",
                Optional.of(Platform.linux("arm", "v6")),
                new TreeMap<>(Map.of(Layout.NAME_ANNOTATION, "one")));
        var index = new Index(MediaType.DOCKER_INDEX, List.of(entry), Collections.emptySortedMap());
        assertThat(Document.read(index.encode(), MediaType.DOCKER_INDEX)).isEqualTo(index);
    }

    @Test
    void the_media_type_may_stand_in_the_document_or_come_with_it_or_be_left_out() throws FormatException {
        String body = CONFIG + "," + LAYERS;
        assertThat(read(typed(MediaType.DOCKER_MANIFEST, body)).mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST);
        assertThat(read(untyped(body), MediaType.DOCKER_MANIFEST + "; charset=utf-8")
                        .mediaType())
                .isEqualTo(MediaType.DOCKER_MANIFEST);
        assertThat(read(untyped(body), "application/json").mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
        assertThat(read(untyped(MANIFESTS)).mediaType()).isEqualTo(MediaType.OCI_INDEX);
    }

    @Test
    void a_document_that_is_two_things_is_refused() {
        assertRefused(untyped(CONFIG + "," + LAYERS + "," + MANIFESTS), "", "at once");
        assertRefused(typed(MediaType.OCI_INDEX, LAYERS + "," + MANIFESTS), MediaType.OCI_INDEX, "at once");
        assertRefused(untyped(MANIFESTS + ",\"fsLayers\":[]"), "", "at once");
    }

    @Test
    void a_media_type_that_contradicts_is_refused() {
        assertRefused(typed(MediaType.OCI_MANIFEST, CONFIG), MediaType.DOCKER_MANIFEST, "its carrier that it is");
        assertRefused(typed(MediaType.OCI_INDEX, CONFIG), "", "the shape of a manifest");
        assertRefused(untyped(MANIFESTS), MediaType.OCI_MANIFEST, "the shape of an index");
        assertRefused(typed("text/html", CONFIG), "", "media type text/html");
    }

    @Test
    void schema_1_is_refused_with_a_remedy() {
        assertRefused("{\"schemaVersion\":1,\"fsLayers\":[]}", "", "must push it again");
        assertRefused(
                "{\"schemaVersion\":1}",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "must push it again");
    }

    @Test
    void a_document_without_what_it_needs_is_refused() {
        assertRefused("{}", "", "\"schemaVersion\" is missing");
        assertRefused("{\"schemaVersion\":\"2\"," + CONFIG + "}", "", "not a number");
        assertRefused("{\"schemaVersion\":3," + CONFIG + "}", "", "is not 2");
        assertRefused(untyped("\"layers\":[]"), "", "neither");
        assertRefused(untyped("\"config\":{}"), "", "\"digest\" is missing");
        assertRefused(untyped("\"config\":" + BLOB.formatted("x", -1)), "", "negative");
        assertRefused(untyped("\"config\":" + BLOB.formatted("x", "1e400")), "", "no whole number");
        assertRefused(untyped("\"config\":" + BLOB.formatted("x", "\"1\"")), "", "not a number");
        assertRefused(untyped(CONFIG.replace("ab", "AB")), "", "no sha256");
        assertRefused(untyped(CONFIG + ",\"layers\":{}"), "", "not a list");
    }

    @Test
    void layers_that_go_made_of_nothing_are_none() throws FormatException {
        assertThat(((Manifest) read(untyped(CONFIG + ",\"layers\":null"))).layers())
                .isEmpty();
    }

    @Test
    void the_number_of_layers_is_bounded() {
        String layer = BLOB.formatted("x", 1) + ",";
        assertRefused(
                untyped(CONFIG + ",\"layers\":[" + layer.repeat(10_000) + layer.replace("},", "}") + "]"),
                "",
                "more than 10000 layers");
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.oci.image.layer.v1.tar, TAR, false",
        "application/vnd.oci.image.layer.v1.tar+gzip, TAR_GZIP, false",
        "application/vnd.oci.image.layer.v1.tar+zstd, TAR_ZSTD, false",
        "application/vnd.docker.image.rootfs.diff.tar.gzip, TAR_GZIP, false",
        "application/vnd.docker.image.rootfs.diff.tar.zstd, TAR_ZSTD, false",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip, TAR_GZIP, true",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip, TAR_GZIP, true",
        "application/vnd.sylabs.image.layer.v1.squashfs, SQUASHFS, false",
        "application/vnd.sylabs.image.layer.v1.ext3, EXT3, false",
    })
    void layers_are_known_by_their_media_types(String mediaType, Layer.Format format, boolean isForeign)
            throws FormatException {
        var manifest = (Manifest) read(untyped(CONFIG + ",\"layers\":[" + BLOB.formatted(mediaType, 1) + "]"));
        assertThat(manifest.isImage()).isTrue();
        assertThat(manifest.imageLayers())
                .containsExactly(new Layer(manifest.layers().getFirst(), format, isForeign));
    }

    @Test
    void a_layer_of_an_unknown_kind_is_refused_by_who_wants_layers_only() throws FormatException {
        var manifest =
                (Manifest) read(untyped(CONFIG + ",\"layers\":[" + BLOB.formatted(MediaType.SIF_LAYER, 1) + "]"));
        assertThat(manifest.isSif()).isTrue();
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(manifest::imageLayers)
                .withMessageContaining(MediaType.SIF_LAYER + ", which is unknown");
    }

    @Test
    void a_document_that_is_too_long_is_refused() {
        assertRefused(untyped(CONFIG) + " ".repeat(Document.MOST_BYTES), "", "more than 4194304 bytes");
    }
}
