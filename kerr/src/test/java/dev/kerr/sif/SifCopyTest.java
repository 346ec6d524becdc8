package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SifCopyTest {
    private static final Instant MADE = Instant.ofEpochSecond(1_000_000_000);
    private static final InstantSource LATER = InstantSource.fixed(Instant.ofEpochSecond(2_000_000_000));

    @TempDir
    Path directory = Path.of("");

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static NewObject partition(PartitionType purpose, byte[] content) {
        return NewObject.partition(
                new Extra.Partition(FsType.SQUASHFS, purpose, Architecture.AMD64), new ObjectContent.Bytes(content));
    }

    private Path image(Stamp stamp) throws IOException {
        Path path = directory.resolve("image.sif");
        var objects = List.of(
                NewObject.definitionFile("definition".getBytes(StandardCharsets.UTF_8)),
                partition(PartitionType.PRIMARY_SYSTEM, bytes(10_000)),
                new NewObject(
                        DataType.SIGNATURE,
                        "signature",
                        new Extra.None(),
                        new ObjectContent.Bytes(bytes(500)),
                        0,
                        new Link.ToObject(2)),
                partition(PartitionType.OVERLAY, bytes(9_000)));
        SifWriter.create(path, NewSif.runnable(stamp, objects));
        return path;
    }

    private Path copy(Path image, byte[] root) throws IOException {
        Path target = directory.resolve("copy.sif");
        try (var from = FileChannel.open(image)) {
            SifCopy.write(from, new ObjectContent.Bytes(root), target, LATER);
        }
        return target;
    }

    @Test
    void all_but_the_root_file_system_and_signatures_is_kept() throws IOException {
        Path image = image(Stamp.fresh(InstantSource.fixed(MADE)));
        Path copy = copy(image, bytes(77_777));
        try (var before = FileChannel.open(image);
                var after = FileChannel.open(copy)) {
            Sif old = Sif.open(before);
            Sif sif = Sif.open(after);
            assertThat(SifCopy.hasSignatures(old)).isTrue();
            assertThat(SifCopy.hasSignatures(sif)).isFalse();
            assertThat(sif.descriptors().stream().map(Descriptor::id)).containsExactly(1, 2, 4);
            assertThat(sif.header().id()).isEqualTo(old.header().id());
            assertThat(sif.header().created()).isEqualTo(MADE.getEpochSecond());
            assertThat(sif.header().modified()).isEqualTo(2_000_000_000);
            assertThat(sif.header().descriptors().free()).isEqualTo(45);
            var root = sif.primaryPartition().orElseThrow();
            assertThat(root.offset() % 4096).isZero();
            assertThat(root.modifiedSeconds()).isEqualTo(2_000_000_000);
            assertThat(Sif.read(after, root, 1 << 20)).isEqualTo(bytes(77_777));
            var overlay = sif.descriptor(4).orElseThrow();
            assertThat(overlay.modifiedSeconds()).isEqualTo(MADE.getEpochSecond());
            assertThat(overlay.offset() % 4096).isZero();
            assertThat(Sif.read(after, overlay, 1 << 20)).isEqualTo(bytes(9_000));
            assertThat(sif.header().dataOffset() + sif.header().dataSize()).isEqualTo(after.size());
        }
    }

    @Test
    void a_copy_with_the_same_root_file_system_is_the_same_but_for_signatures_and_times() throws IOException {
        Path path = directory.resolve("plain.sif");
        var objects =
                List.of(NewObject.definitionFile(bytes(10)), partition(PartitionType.PRIMARY_SYSTEM, bytes(10_000)));
        SifWriter.create(path, NewSif.runnable(Stamp.reproducible(LATER.instant()), objects));
        assertThat(copy(path, bytes(10_000))).hasSameBinaryContentAs(path);
    }

    @Test
    void a_file_without_times_keeps_having_none() throws IOException {
        Path image = image(Stamp.NONE);
        try (var after = FileChannel.open(copy(image, bytes(1)))) {
            assertThat(Sif.open(after).header().modified()).isEqualTo(SifHeader.NO_TIME);
        }
        assertThat(Files.isExecutable(directory.resolve("copy.sif"))).isTrue();
    }
}
