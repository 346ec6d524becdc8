package dev.kerr.sif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Reads files that Apptainer made.
class SifTest {
    static Path resource(String name) {
        try {
            var url = SifTest.class.getResource(name);
            assertThat(url).as(name).isNotNull();
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Sif open(String name) throws IOException {
        String path = name.equals("verbs") ? "verbs.sif" : "/images/" + name + ".sif";
        try (FileChannel channel = FileChannel.open(resource(path))) {
            return Sif.open(channel);
        }
    }

    @Test
    void the_header_of_an_apptainer_image_is_read() throws IOException {
        SifHeader header = open("busybox").header();
        assertThat(header.launchScript()).isEqualTo(SifHeader.LAUNCH_SCRIPT);
        assertThat(header.architecture()).isEqualTo(Architecture.AMD64);
        assertThat(header.id()).hasToString("c5cf889d-63cc-4b2c-97b3-1df2ad64dd89");
        assertThat(Instant.ofEpochSecond(header.created())).isEqualTo("2026-11-23T20:24:32Z");
        assertThat(header.descriptors()).isEqualTo(new SifHeader.Table(45, 48, 4096, 28080));
        assertThat(header.dataOffset()).isEqualTo(32176);
        assertThat(header.dataSize()).isEqualTo(1081344 - 32176);
    }

    @Test
    void objects_of_an_apptainer_image_are_read() throws IOException {
        try (FileChannel channel = FileChannel.open(resource("/images/busybox.sif"))) {
            Sif sif = Sif.open(channel);
            assertThat(sif.descriptors())
                    .extracting(Descriptor::type)
                    .containsExactly(DataType.DEFINITION_FILE, DataType.GENERIC_JSON, DataType.PARTITION);
            assertThat(sif.descriptors()).extracting(Descriptor::group).containsOnly(OptionalLong.of(1));
            assertThat(sif.descriptors()).extracting(Descriptor::link).containsOnly(new Link.None());
            assertThat(Sif.read(channel, sif.descriptors().getFirst(), 100))
                    .asString()
                    .startsWith("bootstrap:");
            assertThat(sif.descriptor(2).orElseThrow().name()).isEqualTo("inspect-metadata.json");
            assertThat(sif.descriptor(4)).isEmpty();
        }
    }

    @Test
    void the_primary_partition_says_what_it_is() throws IOException {
        Descriptor primary = open("busybox").primaryPartition().orElseThrow();
        assertThat(primary.id()).isEqualTo(3);
        assertThat(primary.offset()).isEqualTo(36864);
        assertThat(primary.size()).isEqualTo(1044480);
        assertThat(primary.sizeWithPadding()).isEqualTo(1044480 + 36864 - 34421);
        assertThat(primary.partition())
                .contains(new Extra.Partition(FsType.SQUASHFS, PartitionType.PRIMARY_SYSTEM, Architecture.AMD64));
        assertThat(open("gocryptfs")
                        .primaryPartition()
                        .flatMap(Descriptor::partition)
                        .map(Extra.Partition::fsType))
                .contains(FsType.GOCRYPTFS_SQUASHFS);
    }

    @Test
    void a_signature_names_its_group_hash_and_key() throws IOException {
        Descriptor signature = open("signed").descriptor(4).orElseThrow();
        assertThat(signature.group()).isEmpty();
        assertThat(signature.link()).isEqualTo(new Link.ToGroup(1));
        assertThat(signature.extra())
                .isEqualTo(new Extra.Signature(HashType.SHA256, "FDAA816F89A67B1AB1038EC7283DD6590E8D58C6"));
        assertThat(signature.partition()).isEmpty();
    }

    @Test
    void an_object_larger_than_the_limit_is_refused_unread() throws IOException {
        try (FileChannel channel = FileChannel.open(resource("/images/busybox.sif"))) {
            Descriptor definition = Sif.open(channel).descriptor(1).orElseThrow();
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> Sif.read(channel, definition, 42))
                    .withMessage("SIF object 1 of 43 bytes where at most 42 are expected at offset 32176");
        }
    }

    @Test
    void the_start_of_a_file_tells_whether_it_is_sif() throws IOException {
        try (FileChannel channel = FileChannel.open(resource("/images/busybox.sif"))) {
            ByteBuffer start = ByteBuffer.allocate(128);
            channel.read(start, 0);
            assertThat(SifHeader.isSif(start.array())).isTrue();
            assertThat(SifHeader.isSif(new byte[128])).isFalse();
            assertThat(SifHeader.isSif(new byte[40])).isFalse();
        }
    }
}
