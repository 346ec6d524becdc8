package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootPackerTest {
    private static final long EPOCH = 1_000_000_000;

    @TempDir
    Path directory = Path.of("");

    private Path rootfs = Path.of("");

    @BeforeEach
    void makeTree() throws IOException {
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        var random = new Random(1);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[random.nextInt(400_000)];
            random.nextBytes(bytes);
            Files.write(rootfs.resolve("file" + i), bytes);
        }
        Files.setLastModifiedTime(rootfs.resolve("file0"), FileTime.fromMillis(1_000));
    }

    private Path pack(String name, PackSettings settings, OptionalLong latest) throws IOException {
        Path output = directory.resolve(name);
        RootPacker.pack(
                new TreeStep.Pack(
                        TreeStep.Tree.of(rootfs),
                        output,
                        Optional.empty(),
                        settings,
                        new TreeStep.Times(EPOCH, latest)),
                Optional.empty());
        return output;
    }

    private static Inode.Attributes attributes(Path image, String name) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                var reader = SquashfsReader.open(channel, 0, channel.size())) {
            return reader.child(reader.root(), name).orElseThrow().attributes();
        }
    }

    @Test
    void times_stay_as_they_are() throws IOException {
        Path image = pack("image", PackSettings.usual(), OptionalLong.empty());
        assertThat(attributes(image, "file0").modifiedSeconds()).isEqualTo(1);
        assertThat(attributes(image, "file1").modifiedSeconds()).isGreaterThan(EPOCH);
    }

    @Test
    void times_that_are_too_late_become_the_latest() throws IOException {
        Path image = pack("image", PackSettings.usual(), OptionalLong.of(EPOCH));
        assertThat(attributes(image, "file0").modifiedSeconds()).isEqualTo(1);
        assertThat(attributes(image, "file1").modifiedSeconds()).isEqualTo(EPOCH);
    }

    @Test
    void the_image_depends_neither_on_the_threads_nor_on_when_files_were_made() throws IOException {
        var settings = PackSettings.usual().with(new CompressionSetting.Gzip(1));
        Path one = pack("one", settings.with(settings.effort().withThreads(1)), OptionalLong.of(EPOCH));
        for (int i = 1; i < 20; i++) {
            Files.setLastModifiedTime(rootfs.resolve("file" + i), FileTime.fromMillis((EPOCH + i) * 1000));
        }
        Path many = pack("many", settings.with(settings.effort().withThreads(7)), OptionalLong.of(EPOCH));
        assertThat(many).hasSameBinaryContentAs(one);
    }

    @Test
    void all_files_may_become_those_of_root() throws IOException {
        Path image = pack("image", PackSettings.usual().with(PackSettings.Owners.ROOT), OptionalLong.empty());
        assertThat(attributes(image, "file0").uid()).isZero();
        assertThat(attributes(image, "file0").gid()).isZero();
    }

    private static Inode.RegularFile file(SquashfsReader reader, String path) throws IOException {
        Inode at = reader.root();
        for (String name : path.split("/")) {
            at = reader.child((Inode.Directory) at, name).orElseThrow();
        }
        return (Inode.RegularFile) at;
    }

    @Test
    void what_start_up_reads_lies_in_front_of_all_else_and_shares_no_block_with_it() throws IOException {
        byte[] large = new byte[300_000];
        byte[] small = new byte[3_000];
        var random = new Random(2);
        for (String name : List.of("etc/passwd", "usr/bin/dash", "usr/lib64/libc.so.6", "usr/lib64/other", "a")) {
            random.nextBytes(large);
            random.nextBytes(small);
            Files.createDirectories(rootfs.resolve(name).getParent());
            Files.write(rootfs.resolve(name), name.startsWith("usr/lib") ? large : small);
        }
        Files.createLink(rootfs.resolve("aaa"), rootfs.resolve("usr/lib64/libc.so.6"));
        Path image = pack("image", PackSettings.usual(), OptionalLong.empty());
        try (FileChannel channel = FileChannel.open(image);
                var reader = SquashfsReader.open(channel, 0, channel.size())) {
            var libc = file(reader, "usr/lib64/libc.so.6");
            assertThat(libc.content().start()).isLessThan(200);
            assertThat(libc.linkCount()).isEqualTo(2);
            assertThat(file(reader, "aaa")).isEqualTo(libc);
            assertThat(libc.content().start())
                    .isLessThan(file(reader, "usr/lib64/other").content().start());
            assertThat(file(reader, "usr/bin/dash").content().fragment()).hasValue(0);
            assertThat(file(reader, "etc/passwd").content().fragment()).hasValue(0);
            assertThat(file(reader, "a").content().fragment().orElseThrow()).isPositive();
            try (var first = reader.open(file(reader, "etc/passwd"))) {
                assertThat(first.readAllBytes()).isEqualTo(Files.readAllBytes(rootfs.resolve("etc/passwd")));
            }
        }
    }
}
