package dev.kerr.ocisif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files as the field's programs write them, and what is refused.
class OciSifTest {
    private static final byte[] CONFIG = """
            {"created":"2024-01-02T03:04:05Z","architecture":"amd64","os":"linux","config":{"Env":["A=1"],"X":7},\
            "rootfs":{"type":"layers","diff_ids":[]},"history":[{"comment":"old"}]}""".getBytes(StandardCharsets.UTF_8);
    private static final long NO_TIME = -62_135_596_800L;
    private static final int TABLE_AT = 4096;
    private static final int SLOT = 585;

    @TempDir
    Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static NewLayer layer(String mediaType, String content) {
        return new NewLayer(mediaType, new ObjectContent.Bytes(bytes(content)));
    }

    private Path write(NewSif sif) throws IOException {
        Path file = directory.resolve("x.sif");
        SifWriter.write(file, sif, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private OciSif open(NewSif sif) throws IOException, UserException {
        try (FileChannel channel = FileChannel.open(write(sif))) {
            return OciSif.open("x.sif", channel, Sif.open(channel));
        }
    }

    /// **Source:** sylabs/oci-tools `pkg/sif/write.go`; sylabs/sif `pkg/sif/create.go` and `descriptor.go`.
    @Test
    void every_byte_of_a_file_is_where_the_field_has_it() throws IOException {
        List<NewLayer> layers =
                List.of(layer(MediaType.SQUASHFS_LAYER, "lower"), layer(MediaType.SQUASHFS_LAYER, "up"));
        byte[] file = Files.readAllBytes(write(NewOciSif.image(layers, CONFIG, Optional.of("abc"))));
        assertThat(new String(file, 32, 16, StandardCharsets.ISO_8859_1))
                .isEqualTo("SIF_MAGIC\\0".replace("\\0", "\0") + "01\0" + "00\0");
        for (int at : new int[] {0, 8, 16, 24, 48, 56}) { // no launch script, no id
            assertThat(LittleEndian.i64(file, at)).as("at %d", at).isZero();
        }
        assertThat(LittleEndian.i64(file, 64)).isEqualTo(NO_TIME);
        assertThat(LittleEndian.i64(file, 72)).isEqualTo(NO_TIME);
        assertThat(LittleEndian.i64(file, 80)).isEqualTo(8);
        assertThat(LittleEndian.i64(file, 88)).isEqualTo(5 + 8);
        assertThat(LittleEndian.i64(file, 96)).isEqualTo(TABLE_AT);
        assertThat(LittleEndian.i64(file, 104)).isEqualTo(13 * SLOT);
        long data = TABLE_AT + 13 * SLOT;
        assertThat(LittleEndian.i64(file, 112)).isEqualTo(data);
        assertThat(LittleEndian.i64(file, 120)).isEqualTo(file.length - data);
        long end = data;
        for (int slot = 0; slot < 5; slot++) {
            int at = TABLE_AT + slot * SLOT;
            assertThat(LittleEndian.i32(file, at)).isEqualTo(slot == 4 ? 0x400A : 0x400B);
            assertThat(file[at + 4]).isEqualTo((byte) 1);
            assertThat(LittleEndian.i32(file, at + 5)).isEqualTo(slot + 1);
            assertThat(LittleEndian.i32(file, at + 9)).isEqualTo(0xf000_0001);
            assertThat(LittleEndian.i32(file, at + 13)).isZero();
            assertThat(LittleEndian.i64(file, at + 17))
                    .as("unaligned, one behind the other")
                    .isEqualTo(end);
            long size = LittleEndian.i64(file, at + 25);
            assertThat(LittleEndian.i64(file, at + 33)).isEqualTo(size);
            assertThat(LittleEndian.i64(file, at + 41)).isEqualTo(NO_TIME);
            assertThat(LittleEndian.i64(file, at + 49)).isEqualTo(NO_TIME);
            byte[] content = Arrays.copyOfRange(file, (int) end, (int) (end + size));
            assertThat(new String(file, at + 201, 72, StandardCharsets.US_ASCII))
                    .isEqualTo(Digest.ofContent(content) + "\0");
            end += size;
        }
        assertThat(end).isEqualTo(file.length);
    }

    @Test
    void an_image_reads_back_with_its_configuration() throws IOException, UserException {
        var image = open(NewOciSif.image(
                List.of(layer(MediaType.SQUASHFS_LAYER, "lower"), layer(MediaType.EXT3_LAYER, "upper")),
                CONFIG,
                Optional.of("abc")));
        assertThat(image.isData()).isFalse();
        assertThat(image.layers()).hasSize(2);
        assertThat(image.overlay())
                .hasValueSatisfying(
                        overlay -> assertThat(overlay.place().size()).isEqualTo(5));
        assertThat(new String(image.configBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"created\":\"2024-01-02T03:04:05Z\",\"architecture\":\"amd64\",\"os\":\"linux\","
                        + "\"config\":{\"Env\":[\"A=1\"],\"X\":7},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + Digest.ofContent(bytes("lower")) + "\",\"" + Digest.ofContent(bytes("upper"))
                        + "\"]},\"history\":[{\"created\":\"2024-01-02T03:04:05Z\",\"created_by\":\"kerr\","
                        + "\"comment\":\"oci-sif created from abc\"}]}");
        assertThat(image.config().diffIds()).hasSize(2);
    }

    @Test
    void a_data_container_is_an_artifact_with_an_empty_configuration() throws IOException, UserException {
        var data = open(NewOciSif.data(layer(MediaType.SQUASHFS_LAYER, "data")));
        assertThat(data.isData()).isTrue();
        assertThat(data.manifest().artifactType()).isEqualTo(MediaType.DATA_CONTAINER);
        assertThat(data.manifest().config().mediaType()).isEqualTo(MediaType.OCI_EMPTY);
        assertThat(data.configBytes()).isEqualTo(bytes("{}"));
    }

    @Test
    void an_image_that_is_copied_keeps_its_documents() throws IOException, UserException {
        var original =
                open(NewOciSif.image(List.of(layer(MediaType.SQUASHFS_LAYER, "only")), CONFIG, Optional.empty()));
        var copied = new NewLayer(
                MediaType.SQUASHFS_LAYER,
                new ObjectContent.Bytes(bytes("only")),
                Optional.of(Digest.ofContent(bytes("only"))));
        byte[] before = Files.readAllBytes(directory.resolve("x.sif"));
        write(NewOciSif.copy(List.of(copied), original.configBytes(), original.manifest(), original.manifestBytes()));
        assertThat(Files.readAllBytes(directory.resolve("x.sif"))).isEqualTo(before);
    }

    @Test
    void layers_that_cannot_be_mounted_are_refused() {
        refuses(file("application/vnd.oci.image.layer.v1.tar+gzip"), UserException.class, "is an archive");
        refuses(file(MediaType.EXT3_LAYER), UserException.class, "ext3 file system, which only the last");
        refuses(file(MediaType.EXT3_LAYER, MediaType.SQUASHFS_LAYER), UserException.class, "only the last");
        refuses(file("text/plain"), FormatException.class, "unknown");
        refuses(file(), UserException.class, "has no layers");
    }

    @Test
    void anything_but_one_image_is_refused() {
        Descriptor one = Descriptor.of(MediaType.OCI_MANIFEST, bytes("{}"));
        refuses(indexed(List.of()), UserException.class, "holds 0 images");
        refuses(indexed(List.of(one, one)), UserException.class, "holds 2 images");
        refuses(indexed(List.of(one)), FormatException.class, "is not in the SIF");
        var signature = new Descriptor(
                one.mediaType(),
                one.digest(),
                one.size(),
                "",
                Optional.empty(),
                new TreeMap<>(Map.of("org.opencontainers.image.ref.name", "_cosign:sha256-1.sig")));
        refuses(indexed(List.of(signature)), UserException.class, "holds 0 images");
    }

    @Test
    void sizes_that_contradict_each_other_are_refused() {
        byte[] manifest = bytes("{}");
        var index = new Index(
                List.of(new Descriptor(MediaType.OCI_MANIFEST, Digest.ofContent(manifest), manifest.length + 1)));
        refuses(
                NewSif.ofOciImage(List.of(
                        NewObject.ociBlob(new ObjectContent.Bytes(manifest)),
                        NewObject.ociRootIndex(new ObjectContent.Bytes(index.encode())))),
                FormatException.class,
                "manifest has 2 bytes, not 3");
    }

    private void refuses(NewSif sif, Class<? extends Exception> type, String reason) {
        assertThatExceptionOfType(type).isThrownBy(() -> open(sif)).withMessageContaining(reason);
    }

    private static NewSif indexed(List<Descriptor> manifests) {
        return NewSif.ofOciImage(
                List.of(NewObject.ociRootIndex(new ObjectContent.Bytes(new Index(manifests).encode()))));
    }

    /// A file with layers of these media types, all with the same content.
    private static NewSif file(String... mediaTypes) {
        byte[] content = bytes("layer");
        List<Descriptor> layers =
                Stream.of(mediaTypes).map(type -> Descriptor.of(type, content)).toList();
        byte[] manifest = new Manifest(Descriptor.of(MediaType.OCI_CONFIG, CONFIG), layers).encode();
        return NewSif.ofOciImage(List.of(
                NewObject.ociBlob(new ObjectContent.Bytes(content)),
                NewObject.ociBlob(new ObjectContent.Bytes(CONFIG)),
                NewObject.ociBlob(new ObjectContent.Bytes(manifest)),
                NewObject.ociRootIndex(new ObjectContent.Bytes(
                        new Index(List.of(Descriptor.of(MediaType.OCI_MANIFEST, manifest))).encode()))));
    }
}
