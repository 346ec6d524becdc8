package dev.kerr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a user may name as an image ends in an image or in one line that says why not.
@Timeout(60)
class ImagesTest {
    private static final int PARTITION_OFFSET = 36_864;

    @TempDir
    Path directory = Path.of("");

    @Test
    void a_sif_is_opened_at_its_primary_partition() throws Exception {
        try (var image = Images.open(path("busybox.sif").toString())) {
            assertThat(image).isInstanceOf(Image.Squashfs.class);
            var file = (Image.Squashfs) image;
            assertThat(file.offset()).isEqualTo(PARTITION_OFFSET);
            assertThat(file.offset() + file.size())
                    .isLessThanOrEqualTo(file.identity().size());
            assertThat(file.sif()).map(sif -> sif.header().architecture()).contains(Architecture.AMD64);
            assertThat(new PathResolver(image.tree()).resolve("/bin/sh").node()).isPresent();
            assertThat(image.tree().list("/.singularity.d")).contains("env", "runscript");
        }
    }

    @Test
    void a_bare_squashfs_is_opened() throws Exception {
        try (var image = Images.open(write("image.sqfs", partition()).toString())) {
            assertThat(((Image.Squashfs) image).sif()).isEmpty();
            assertThat(new PathResolver(image.tree()).resolve("/bin/sh").node()).isPresent();
        }
    }

    @Test
    void an_image_of_singularity_2_is_opened_behind_its_launch_line() throws Exception {
        byte[] line = "#!/usr/bin/env run-singularity\n".getBytes(StandardCharsets.US_ASCII);
        byte[] squashfs = partition();
        byte[] bytes = Arrays.copyOf(line, line.length + squashfs.length);
        System.arraycopy(squashfs, 0, bytes, line.length, squashfs.length);
        try (var image = Images.open(write("image.simg", bytes).toString())) {
            assertThat(((Image.Squashfs) image).offset()).isEqualTo(line.length);
            assertThat(image.tree().list("/")).contains("bin");
        }
    }

    @Test
    void a_directory_is_a_sandbox_and_its_path_is_absolute() throws Exception {
        try (var image = Images.open(directory.toString())) {
            assertThat(image).isEqualTo(new Image.Sandbox(directory));
        }
    }

    @Test
    void two_dots_after_a_link_lead_where_the_kernel_goes() throws Exception {
        Files.createDirectories(directory.resolve("elsewhere/below"));
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("elsewhere/below"));
        Files.createFile(directory.resolve("elsewhere/here"));
        try (var image = Images.open(directory + "/link/..")) {
            assertThat(image.tree().list("/")).containsExactlyInAnyOrder("below", "here");
        }
    }

    @Test
    void what_is_missing_is_named_as_the_user_wrote_it() {
        refused("no/such.sif", "image no/such.sif does not exist (hint: is the path right, and the disk mounted?)");
    }

    @Test
    void a_path_through_a_file_is_named() throws IOException {
        String name = write("file", new byte[1]) + "/x.sif";
        assertThat(line(name)).startsWith("cannot read image " + name + ": ").doesNotContain("\n");
    }

    @Test
    void a_link_to_nothing_does_not_exist() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link.sif"), Path.of("nothing"));
        assertThat(line(link.toString())).startsWith("image " + link + " does not exist");
    }

    @Test
    void an_empty_name_is_refused() {
        assertThat(line("")).doesNotContain("\n");
    }

    @Test
    void an_empty_file_is_called_empty() throws IOException {
        Path file = write("empty.sif", new byte[0]);
        refused(file.toString(), "image " + file + " is empty (hint: copy or build it again)");
    }

    @Test
    void a_text_file_is_no_image() throws IOException {
        Path file = write("notes.sif", "These are notes.\n".getBytes(StandardCharsets.US_ASCII));
        refused(
                file.toString(),
                "image " + file + " is no image: neither SIF nor SquashFS (hint: build one with `kerr build`)");
    }

    @Test
    void a_script_is_no_image() throws IOException {
        Path file = write("script", "#!/bin/sh\necho run-singularity\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(line(file.toString())).contains(" is no image: ");
    }

    @Test
    void a_fifo_is_not_waited_for() throws Exception {
        Path fifo = directory.resolve("fifo");
        var mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assumeTrue(mkfifo.waitFor() == 0, "mkfifo makes no FIFO here");
        refused(fifo.toString(), "image " + fifo + " is neither a file nor a directory");
    }

    @Test
    void a_device_is_no_image() {
        refused("/dev/null", "image /dev/null is neither a file nor a directory");
    }

    @Test
    void the_host_s_root_is_no_image() {
        refused("/", "the host's root cannot be an image: /");
        refused("/tmp/..", "the host's root cannot be an image: /tmp/..");
    }

    @Test
    void the_host_s_root_is_no_image_by_another_name_either() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("root"), Path.of("/"));
        refused(link.toString(), "the host's root cannot be an image: " + link);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 41, 42, 47, 127, 128, 4095, 4096, 4681, 32_176, 36_864, 36_865, 36_959, 37_000})
    void a_truncated_sif_is_called_damaged(int length) throws IOException {
        Path file = write("short.sif", Arrays.copyOf(sif(), length));
        assertThat(line(file.toString())).matches("image " + file + " is (damaged: |no image: ).*\\(hint: .*");
    }

    @Test
    void a_sif_without_its_last_byte_is_called_damaged() throws IOException {
        byte[] bytes = sif();
        Path file = write("short.sif", Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(line(file.toString())).startsWith("image " + file + " is damaged: ");
    }

    @Test
    void two_thousand_million_descriptors_are_refused_at_once() throws IOException {
        byte[] bytes = sif();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(88, 1L << 31);
        Path file = write("many.sif", bytes);
        assertThat(line(file.toString()))
                .startsWith("image " + file + " is damaged: ")
                .contains("2147483648");
    }

    @Test
    void a_superblock_of_nonsense_is_called_damaged() throws IOException {
        byte[] bytes = sif();
        Arrays.fill(bytes, PARTITION_OFFSET + 4, PARTITION_OFFSET + 96, (byte) 0xff);
        Path file = write("nonsense.sif", bytes);
        assertThat(line(file.toString())).startsWith("image " + file + " is damaged: ");
    }

    @Test
    void an_encrypted_image_is_called_encrypted() {
        Path file = path("gocryptfs.sif");
        refused(
                file.toString(),
                "image " + file + " is encrypted (hint: encrypted images are not yet available in this version)");
    }

    @Test
    void an_image_for_another_architecture_opens_and_says_so() throws Exception {
        byte[] bytes = sif();
        bytes[45] = '0';
        bytes[46] = '4';
        try (var image = Images.open(write("arm64.sif", bytes).toString())) {
            assertThat(((Image.Squashfs) image).sif())
                    .map(sif -> sif.header().architecture())
                    .contains(Architecture.ARM64);
        }
    }

    @Test
    void a_sif_without_a_primary_partition_has_nothing_to_run() {
        Path file = Path.of(Objects.requireNonNull(ImagesTest.class.getResource("/dev/kerr/sif/verbs.sif"))
                .getPath());
        assertThat(line(file.toString())).isNotEmpty().doesNotContain("\n");
    }

    @Test
    void an_ext3_image_is_recognised() throws IOException {
        byte[] bytes = new byte[4096];
        bytes[1080] = 0x53;
        bytes[1081] = (byte) 0xef;
        Path file = write("image.img", bytes);
        refused(file.toString(), "image " + file + " is an ext3 image: these are not yet available");
    }

    @Test
    void an_image_that_may_not_be_read_says_so() throws IOException {
        Path file = write("secret.sif", sif());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "whoever runs the tests may read everything");
        refused(file.toString(), "image " + file + " may not be read (hint: see the permissions with ls -l)");
    }

    @Test
    void a_sandbox_that_may_not_be_entered_says_so() throws IOException {
        Path closed = Files.createDirectory(
                directory.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        assumeFalse(Files.isExecutable(closed), "whoever runs the tests may enter everything");
        refused(closed.toString(), "sandbox " + closed + " may not be entered (hint: see the permissions with ls -ld)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker://debian",
                "oras://x/y",
                "library://a/b/c",
                "shub://x",
                "http://x",
                "https://x/y.sif",
                "oci:dir",
                "oci-archive:x.tar",
                "docker-archive:x.tar",
                "docker-daemon:x",
                "instance://one"
            })
    void images_of_elsewhere_are_told_from_files(String name) {
        assertThat(line(name))
                .isEqualTo("image " + name + " is not here (hint: fetch it first: kerr pull " + name + ")");
        assertThat(Images.isElsewhere(name)).isTrue();
        assertThat(Images.isImage(name)).isFalse();
    }

    @Test
    void a_file_with_a_colon_is_a_file() throws Exception {
        assertThat(line("data:x.sif")).startsWith("image data:x.sif does not exist");
        assertThat(Images.isImage("data:x.sif")).isFalse();
    }

    @Test
    void images_are_told_from_other_files_by_their_first_bytes() throws Exception {
        assertThat(Images.isImage(path("busybox.sif").toString())).isTrue();
        assertThat(Images.isImage(path("gocryptfs.sif").toString())).isTrue();
        assertThat(Images.isImage(write("x", partition()).toString())).isTrue();
        assertThat(Images.isImage(write("y", "Bootstrap: docker\n".getBytes(StandardCharsets.US_ASCII))
                        .toString()))
                .isFalse();
        assertThat(Images.isImage(directory.toString())).isFalse();
        assertThat(Images.isImage("no/such")).isFalse();
    }

    private static void refused(String name, String line) {
        assertThat(line(name)).isEqualTo(line);
    }

    /// What the user reads when an image is not opened.
    private static String line(String name) {
        var refusal = new String[1];
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Images.open(name).close())
                .satisfies(refused -> refusal[0] = refused.line());
        assertThat(refusal[0]).doesNotContain("\n");
        return refusal[0];
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static byte[] partition() throws IOException {
        byte[] bytes = sif();
        return Arrays.copyOfRange(bytes, PARTITION_OFFSET, bytes.length);
    }

    private static byte[] sif() throws IOException {
        return Files.readAllBytes(path("busybox.sif"));
    }

    private static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(ImagesTest.class.getResource("/images/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
