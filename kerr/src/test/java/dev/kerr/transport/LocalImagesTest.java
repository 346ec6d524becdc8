package dev.kerr.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import dev.kerr.oci.Platform;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarWriter;
import dev.kerr.transport.ImageSource.Kind;
import dev.kerr.transport.ImageSource.Local;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives and layouts, of which one was made by umoci.
class LocalImagesTest {
    private static final Path TRICKY = Path.of("src/test/resources/images/tricky-oci.tar");
    private static final String CONFIG = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

    @TempDir
    Path directory;

    private static LayeredImage open(Kind kind, Path path, String name) throws Exception {
        return new LocalImages(new Local(kind, path, name), Platform.linux("amd64", "")).open();
    }

    private void refused(Kind kind, Path path, String name, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> open(kind, path, name))
                .withMessageContaining(message);
    }

    private Path dockers(String manifest) throws IOException {
        Path file = directory.resolve("docker.tar");
        try (var out = Files.newOutputStream(file)) {
            var tar = new TarWriter(out);
            add(tar, "manifest.json", manifest);
            add(tar, "c.json", CONFIG);
            add(tar, "a/layer.tar", "the layer");
            tar.add(new TarEntry(
                    "b/layer.tar",
                    new TarEntry.Kind.Symlink("../a/layer.tar"),
                    new TarEntry.Attributes(0777, 0, 0, 0)));
            tar.finish();
        }
        return file;
    }

    private static void add(TarWriter tar, String name, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        tar.add(
                new TarEntry(name, new TarEntry.Kind.File(content.length), new TarEntry.Attributes(0644, 0, 0, 0)),
                new ByteArrayInputStream(content));
    }

    @Test
    void an_archive_of_a_layout_is_read_where_it_lies() throws Exception {
        try (var image = open(Kind.OCI_ARCHIVE, TRICKY, "")) {
            assertThat(image.config().execution().entrypoint()).containsExactly("/bin/echo", "b c");
            assertThat(image.layers()).hasSize(2).allSatisfy(layer -> {
                assertThat(layer.diffId()).isPresent();
                try (var in = layer.open()) {
                    assertThat(in.readNBytes(2)).containsExactly(0x1f, 0x8b);
                }
            });
        }
        open(Kind.OCI_ARCHIVE, TRICKY, "t").close();
        refused(Kind.OCI_ARCHIVE, TRICKY, "other", "has no image other");
    }

    @Test
    void a_layer_of_docker_may_be_a_link_to_another() throws Exception {
        Path file = dockers(
                "[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]");
        try (var image = open(Kind.DOCKER_ARCHIVE, file, "x:1")) {
            assertThat(image.layers()).hasSize(2);
            for (var layer : image.layers()) {
                try (var in = layer.open()) {
                    assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("the layer");
                }
            }
        }
        refused(Kind.DOCKER_ARCHIVE, file, "y:1", "has no image y:1");
    }

    @Test
    void of_several_images_one_must_be_named() throws Exception {
        Path file = dockers("[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[]},"
                + "{\"Config\":\"c.json\",\"RepoTags\":[\"x:2\"],\"Layers\":[]}]");
        refused(Kind.DOCKER_ARCHIVE, file, "", "has several images");
        open(Kind.DOCKER_ARCHIVE, file, "x:2").close();
    }

    @Test
    void what_is_none_is_named() throws Exception {
        refused(Kind.OCI, directory, "", "it has no");
        refused(Kind.OCI_ARCHIVE, directory.resolve("none"), "", "no such file");
        Path text = Files.writeString(directory.resolve("text"), "x".repeat(2000));
        refused(Kind.DOCKER_ARCHIVE, text, "", "cannot use docker-archive:" + text);
        refused(Kind.OCI_ARCHIVE, dockers("[]"), "", "it has no oci-layout");
        refused(Kind.DOCKER_ARCHIVE, dockers("{"), "", "cannot use docker-archive:");
    }

    @Test
    void a_blob_that_is_not_what_its_name_says_is_refused() throws Exception {
        Path layout = Files.createDirectories(directory.resolve("layout/blobs/sha256"))
                .getParent()
                .getParent();
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        String hex = "a".repeat(64);
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"digest\":\"sha256:" + hex + "\",\"size\":2}]}");
        refused(Kind.OCI, layout, "", "it has no");
        Files.writeString(layout.resolve("blobs/sha256/" + hex), "{}");
        refused(Kind.OCI, layout, "", "is damaged");
    }

    @Test
    void links_and_layouts_of_other_versions_are_refused() throws Exception {
        Path version = Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
        refused(Kind.OCI, directory, "", "has version 2.0.0");
        Files.writeString(version, "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.createSymbolicLink(directory.resolve("index.json"), version);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> open(Kind.OCI, directory, ""))
                .withMessageContaining("not a regular file");
    }
}
