package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SifWriterTest {
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-x---");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.6Z");
    private static final Extra.Partition PRIMARY =
            new Extra.Partition(FsType.SQUASHFS, PartitionType.PRIMARY_SYSTEM, Architecture.ARM64);

    @TempDir
    Path directory;

    @Test
    void what_is_written_is_read_again() throws IOException {
        Path partition = Files.write(directory.resolve("partition"), filled(10_000, 7));
        Path target = directory.resolve("new.sif");
        Stamp stamp = Stamp.fresh(InstantSource.fixed(TIME));
        SifWriter.write(
                target,
                NewSif.runnable(
                        stamp,
                        List.of(
                                NewObject.definitionFile(bytes("bootstrap: scratch\n")),
                                NewObject.genericJson("inspect-metadata.json", bytes("{}")),
                                NewObject.partition(PRIMARY, new ObjectContent.File(partition)))),
                EXECUTABLE);
        try (FileChannel channel = FileChannel.open(target)) {
            Sif sif = Sif.open(channel);
            assertThat(sif.header())
                    .isEqualTo(new SifHeader(
                            "#!/usr/bin/env run-singularity\n",
                            Architecture.ARM64,
                            stamp.id(),
                            TIME.getEpochSecond(),
                            TIME.getEpochSecond(),
                            new SifHeader.Table(45, 48, 4096, 28080),
                            32176,
                            32768 + 10_000 - 32176));
            assertThat(sif.descriptors()).extracting(Descriptor::offset).containsExactly(32176L, 32195L, 32768L);
            assertThat(sif.descriptors()).extracting(Descriptor::size).containsExactly(19L, 2L, 10_000L);
            assertThat(sif.descriptors())
                    .extracting(Descriptor::sizeWithPadding)
                    .containsExactly(19L, 2L, 10_571L);
            assertThat(sif.descriptors()).extracting(Descriptor::createdSeconds).containsOnly(TIME.getEpochSecond());
            assertThat(sif.descriptors()).extracting(Descriptor::uid).containsOnly(0L);
            assertThat(sif.primaryPartition().flatMap(Descriptor::partition)).contains(PRIMARY);
            assertThat(Sif.read(channel, sif.descriptors().getLast(), 10_000)).isEqualTo(filled(10_000, 7));
            assertThat(channel.size()).isEqualTo(42_768);
        }
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(EXECUTABLE);
        assertThat(names()).containsExactly("new.sif", "partition");
    }

    @ParameterizedTest
    @ValueSource(strings = {"busybox", "apps", "gocryptfs"})
    void an_apptainer_image_written_anew_from_its_parts_is_the_same_bit_for_bit(String name) throws IOException {
        Path original = SifTest.resource("/images/" + name + ".sif");
        Path target = directory.resolve("again.sif");
        try (FileChannel channel = FileChannel.open(original)) {
            Sif sif = Sif.open(channel);
            List<NewObject> objects = sif.descriptors().stream()
                    .map(d -> new NewObject(
                            d.type(),
                            d.name(),
                            d.extra(),
                            new ObjectContent.Range(channel, d.offset(), d.size()),
                            d.group().orElse(0),
                            d.link()))
                    .toList();
            var stamp = new Stamp(
                    sif.header().id(), Instant.ofEpochSecond(sif.header().created()));
            SifWriter.write(target, NewSif.runnable(stamp, objects), EXECUTABLE);
        }
        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void a_reproducible_file_is_the_same_however_often_it_is_written() throws IOException {
        var sif = NewSif.runnable(Stamp.reproducible(Instant.EPOCH), List.of(NewObject.genericJson("a", filled(5, 1))));
        SifWriter.write(directory.resolve("one"), sif, EXECUTABLE);
        SifWriter.write(directory.resolve("two"), sif, EXECUTABLE);
        assertThat(Files.mismatch(directory.resolve("one"), directory.resolve("two")))
                .isEqualTo(-1);
        try (FileChannel channel = FileChannel.open(directory.resolve("one"))) {
            assertThat(Sif.open(channel).header().id()).isEqualTo(SifHeader.NO_ID);
        }
    }

    @Test
    void fresh_stamps_differ() {
        assertThat(Stamp.fresh(InstantSource.fixed(TIME)).id())
                .isNotEqualTo(Stamp.fresh(InstantSource.fixed(TIME)).id());
    }

    @Test
    void extras_of_every_kind_are_read_as_written() throws IOException {
        var content = new ObjectContent.Bytes(new byte[] {1});
        var link = new Link.ToGroup(7);
        List<NewObject> objects = Stream.of(
                        new Extra.Signature(HashType.BLAKE2B, "0123456789ABCDEF0123456789ABCDEF01234567"),
                        new Extra.Signature(HashType.SHA256, ""),
                        new Extra.CryptoMessage(CryptoFormat.PEM, CryptoType.RSA_OAEP),
                        new Extra.Sbom(SbomFormat.SPDX_JSON),
                        new Extra.OciDigest("sha256:" + "0f".repeat(32)),
                        new Extra.None(),
                        new Extra.Partition(FsType.EXT3, PartitionType.OVERLAY, Architecture.UNKNOWN))
                .map(extra -> new NewObject(typeOf(extra), "name", extra, content, 5, link))
                .toList();
        Path target = directory.resolve("extras.sif");
        SifWriter.write(target, new NewSif("", Stamp.reproducible(TIME), 7, objects), EXECUTABLE);
        try (FileChannel channel = FileChannel.open(target)) {
            Sif sif = Sif.open(channel);
            assertThat(sif.descriptors())
                    .extracting(Descriptor::extra)
                    .isEqualTo(objects.stream().map(NewObject::extra).toList());
            assertThat(sif.descriptors()).extracting(Descriptor::link).containsOnly(link);
            assertThat(sif.header().launchScript()).isEmpty();
            assertThat(sif.header().architecture()).isEqualTo(Architecture.UNKNOWN);
            assertThat(sif.header().descriptors().free()).isZero();
        }
    }

    private static DataType typeOf(Extra extra) {
        return switch (extra) {
            case Extra.None() -> DataType.GENERIC;
            case Extra.Partition _ -> DataType.PARTITION;
            case Extra.Signature _ -> DataType.SIGNATURE;
            case Extra.CryptoMessage _ -> DataType.CRYPTO_MESSAGE;
            case Extra.Sbom _ -> DataType.SBOM;
            case Extra.OciDigest _ -> DataType.OCI_BLOB;
        };
    }

    @Test
    void a_file_of_no_objects_and_one_that_ends_in_an_empty_object_are_read() throws IOException {
        Path target = directory.resolve("empty.sif");
        SifWriter.write(target, NewSif.runnable(Stamp.reproducible(TIME), List.of()), EXECUTABLE);
        assertThat(Files.size(target)).isEqualTo(32176);
        var empty = NewObject.partition(PRIMARY, new ObjectContent.Bytes(new byte[0]));
        SifWriter.write(target, NewSif.runnable(Stamp.reproducible(TIME), List.of(empty)), EXECUTABLE);
        try (FileChannel channel = FileChannel.open(target)) {
            assertThat(Sif.open(channel).descriptors())
                    .extracting(Descriptor::size)
                    .containsExactly(0L);
        }
    }

    @Test
    void what_stood_at_the_target_is_replaced() throws IOException {
        Path target = Files.writeString(directory.resolve("old.sif"), "old");
        SifWriter.write(target, NewSif.runnable(Stamp.reproducible(TIME), List.of()), EXECUTABLE);
        assertThat(target).hasSize(32176);
    }

    @Test
    void when_content_cannot_be_read_nothing_is_left_and_the_target_is_as_it_was() throws IOException {
        Path target = Files.writeString(directory.resolve("old.sif"), "old");
        var missing = NewObject.partition(PRIMARY, new ObjectContent.File(directory.resolve("missing")));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> SifWriter.write(
                        target, NewSif.runnable(Stamp.reproducible(TIME), List.of(missing)), EXECUTABLE));
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("old.sif");
    }

    @Test
    void content_that_is_shorter_than_was_said_is_refused() throws IOException {
        Path part = Files.write(directory.resolve("part"), filled(10, 1));
        try (FileChannel channel = FileChannel.open(part)) {
            var object = NewObject.partition(PRIMARY, new ObjectContent.Range(channel, 5, 6));
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> SifWriter.write(
                            directory.resolve("new.sif"),
                            NewSif.runnable(Stamp.reproducible(TIME), List.of(object)),
                            EXECUTABLE))
                    .withMessage("truncated file: content of a data object is cut short at offset 10");
        }
        assertThat(names()).containsExactly("part");
    }

    @Test
    void a_target_whose_name_leaves_no_room_for_the_temporary_s_is_written() throws IOException {
        Path target = directory.resolve("n".repeat(255));
        SifWriter.write(target, NewSif.runnable(Stamp.reproducible(TIME), List.of()), EXECUTABLE);
        assertThat(target).exists();
    }

    @Test
    void a_file_that_cannot_be_is_refused_before_anything_is_written() {
        var primary = NewObject.partition(PRIMARY, new ObjectContent.Bytes(new byte[1]));
        var stamp = Stamp.reproducible(TIME);
        assertThatIllegalArgumentException().isThrownBy(() -> NewSif.runnable(stamp, List.of(primary, primary)));
        assertThatIllegalArgumentException().isThrownBy(() -> new NewSif("", stamp, 0, List.of(primary)));
        assertThatIllegalArgumentException().isThrownBy(() -> new NewSif("x".repeat(32), stamp, 1, List.of(primary)));
        assertThatIllegalArgumentException().isThrownBy(() -> NewObject.genericJson("n".repeat(129), new byte[1]));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
