package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads images that mksquashfs and Apptainer made beforehand; what they hold is in `squashfs/README.md` of the
/// resources.
class SquashfsReaderTest {
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "lz4", "zstd"})
    void a_tree_is_listed_as_unsquashfs_lists_it(String compression) throws IOException {
        try (FileChannel channel = small(compression);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.superblock().compression().label()).isEqualTo(compression);
            assertThat(reader.superblock().blockSize()).isEqualTo(4096);
            assertThat(reader.superblock().modifiedSeconds()).isEqualTo(1_700_000_000L);
            assertThat(Images.listing(reader)).isEqualTo(Files.readString(Images.resource("small.lln.txt")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "lz4", "zstd"})
    void content_is_read_through_blocks_holes_and_fragments(String compression) throws IOException {
        try (FileChannel channel = small(compression);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            byte[] content = reader.read(Images.file(reader, "bin/blocks"), 20_000);
            assertThat(content).hasSize(5000 + 8192 + 4);
            assertThat(Arrays.copyOf(content, 5000)).containsOnly('a', 'b', 'c', 'd');
            assertThat(Arrays.copyOfRange(content, 5000, 13_192)).containsOnly(0);
            assertThat(Arrays.copyOfRange(content, 13_192, 13_196)).asString().isEqualTo("tail");
            assertThat(reader.read(Images.file(reader, "etc/hello"), 6))
                    .asString()
                    .isEqualTo("hello\n");
            assertThat(reader.read(Images.file(reader, "etc/nothing"), 0)).isEmpty();
        }
    }

    @Test
    void a_stream_gives_single_bytes_and_ends() throws IOException {
        try (FileChannel channel = small("zstd");
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size());
                InputStream in = reader.open(Images.file(reader, "etc/hello"))) {
            assertThat(in.read()).isEqualTo('h');
            assertThat(in.available()).isEqualTo(5);
            assertThat(in.readAllBytes()).asString().isEqualTo("ello\n");
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[3])).isEqualTo(-1);
        }
    }

    @Test
    void a_file_larger_than_the_limit_is_refused_unread() throws IOException {
        try (FileChannel channel = small("zstd");
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> reader.read(Images.file(reader, "bin/blocks"), 13_195))
                    .withMessageContaining("file of 13196 bytes where at most 13195 are expected");
        }
    }

    @Test
    void names_of_one_file_are_one_inode() throws IOException {
        try (FileChannel channel = small("zstd");
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            Inode hello = Images.find(reader, "etc/hello").orElseThrow();
            assertThat(Images.find(reader, "etc/other")).contains(hello);
            assertThat(hello.linkCount()).isEqualTo(2);
        }
    }

    @Test
    void extended_attributes_are_found_by_their_full_name() throws IOException {
        try (FileChannel channel = small("zstd");
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.xattrs(Images.file(reader, "etc/nothing")))
                    .containsOnlyKeys("user.colour")
                    .hasEntrySatisfying(
                            "user.colour", v -> assertThat(v).asString().isEqualTo("blue"));
            assertThat(reader.xattrs(Images.file(reader, "bin/blocks"))).containsOnlyKeys("user.shape");
            assertThat(reader.xattrs(reader.root())).isEmpty();
        }
    }

    @Test
    void a_name_that_is_not_there_is_empty() throws IOException {
        try (FileChannel channel = small("gzip");
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(Images.find(reader, "aaa")).isEmpty();
            assertThat(Images.find(reader, "zzz")).isEmpty();
            assertThat(Images.find(reader, "etc/hell")).isEmpty();
            assertThat(Images.find(reader, "empty/any")).isEmpty();
            assertThat(reader.child(reader.root(), ".")).isEmpty();
            assertThat(reader.child(reader.root(), "..")).isEmpty();
            assertThat(reader.child(reader.root(), "")).isEmpty();
            assertThat(reader.child(reader.root(), "bin\u0162")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"busybox", "apps"})
    void the_partition_of_an_apptainer_image_is_listed_as_unsquashfs_lists_it(String name) throws IOException {
        try (FileChannel channel = FileChannel.open(Images.resource("/images/" + name + ".sif"));
                SquashfsReader reader = SquashfsReader.open(channel, 36864, channel.size() - 36864)) {
            assertThat(Images.listing(reader)).isEqualTo(Files.readString(Images.resource(name + ".lln.txt")));
        }
    }

    @Test
    void files_of_an_apptainer_image_are_read() throws IOException {
        try (FileChannel channel = FileChannel.open(Images.resource("/images/busybox.sif"));
                SquashfsReader reader = SquashfsReader.open(channel, 36864, channel.size() - 36864)) {
            byte[] exec = reader.read(Images.file(reader, ".singularity.d/actions/exec"), 10_000);
            assertThat(new String(exec, StandardCharsets.UTF_8)).startsWith("#!/bin/sh\n");
            Images.exercise(channel, 36864, channel.size() - 36864);
        }
    }

    @Test
    void the_outer_file_system_of_an_encrypted_image_is_read_though_nothing_in_it_is_packed() throws IOException {
        try (FileChannel channel = FileChannel.open(Images.resource("/images/gocryptfs.sif"));
                SquashfsReader reader = SquashfsReader.open(channel, 36864, channel.size() - 36864)) {
            assertThat(Images.find(reader, "gocryptfs.conf")).isPresent();
            Images.exercise(channel, 36864, channel.size() - 36864);
        }
    }

    private static FileChannel small(String compression) throws IOException {
        Path path = Images.resource("small-" + compression + ".squashfs");
        return FileChannel.open(path);
    }
}
