package dev.kerr.ext3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.TreeListing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// File systems that mkfs.ext3(8) makes of directories, read back; and damaged ones.
class Ext3SourceTest {
    private static final Path MKFS = Path.of("/sbin/mkfs.ext3");

    @TempDir
    Path directory;

    private Path image = Path.of("");
    private long mebibytes = 64;

    @BeforeEach
    void requireMkfs() {
        assumeTrue(Files.isExecutable(MKFS), "mkfs.ext3 is not installed");
        image = directory.resolve("image");
    }

    private void make(Path tree, String... options) throws Exception {
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(mebibytes << 20);
        }
        var command = new ArrayList<>(
                List.of(MKFS.toString(), "-q", "-F", "-O", "^64bit,^metadata_csum", "-d", tree.toString()));
        command.addAll(List.of(options));
        command.add(image.toString());
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    private Path tree() throws IOException {
        Path upper = Files.createDirectories(directory.resolve("tree/upper"));
        Files.writeString(upper.resolve("small"), "content");
        Files.createDirectory(upper.resolve("empty"));
        Files.createSymbolicLink(upper.resolve("link"), Path.of("small"));
        Files.createSymbolicLink(upper.resolve("long"), Path.of("x".repeat(200)));
        byte[] large = new byte[6_000_000]; // over the single indirect blocks
        new Random(1).nextBytes(large);
        Files.write(upper.resolve("large"), large);
        Path many = Files.createDirectory(upper.resolve("many"));
        for (int i = 0; i < 400; i++) {
            Files.writeString(many.resolve("a file with a longer name " + i), Integer.toString(i));
        }
        try (var sparse = new RandomAccessFile(upper.resolve("sparse").toFile(), "rw")) {
            sparse.seek(20_000_000);
            sparse.write(1);
        }
        return upper;
    }

    private List<String> read() throws IOException {
        try (FileChannel channel = FileChannel.open(image)) {
            var reader = Ext3Reader.open(channel, 0, channel.size());
            return TreeListing.of(timeless(Ext3Source.of(reader, "upper").orElseThrow()));
        }
    }

    /// mkfs.ext3 gives some directories the time of the day.
    private static EntrySource timeless(EntrySource source) {
        return source.changed(entry -> Optional.of(
                entry instanceof Entry.Original original
                        ? original.with(original.metadata().modifiedAt(0))
                        : entry));
    }

    @Test
    void a_tree_reads_back() throws Exception {
        Path upper = tree();
        for (String blockSize : List.of("1024", "4096")) {
            make(upper.resolveSibling("."), "-b", blockSize);
            TreeListing.assertSame(
                    read(), TreeListing.of(timeless(DirectorySource.open(upper))), "blocks of " + blockSize);
        }
    }

    @Test
    void a_directory_that_is_not_there_is_none() throws Exception {
        make(Files.createDirectories(directory.resolve("none")));
        try (FileChannel channel = FileChannel.open(image)) {
            var reader = Ext3Reader.open(channel, 0, channel.size());
            assertThat(Ext3Source.of(reader, "upper")).isEmpty();
            assertThat(Ext3Source.of(reader, "lost+found")).isPresent();
        }
    }

    @Test
    void what_is_no_ext3_is_refused() throws Exception {
        Path upper = tree();
        make(upper.resolveSibling("."), "-O", "extent");
        refuses("features that ext3 has not: 0x40");
        make(upper.resolveSibling("."));
        patch(1024 + 96, 4); // needs recovery
        refuses("journal");
        patch(1024 + 56, 0);
        refuses("no ext3 file system");
    }

    private void refuses(String reason) {
        assertThatExceptionOfType(FormatException.class).isThrownBy(this::read).withMessageContaining(reason);
    }

    private void patch(long at, int value) throws IOException {
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), at);
        }
    }

    /// Whatever is wrong is said, or nothing is; nothing else is thrown, and it ends.
    @Test
    void damage_of_any_kind_is_a_fault_of_the_format() throws Exception {
        Path upper = Files.createDirectories(directory.resolve("tree/upper/a/b"));
        Files.writeString(upper.resolve("file"), "content");
        Files.createSymbolicLink(upper.resolve("link"), Path.of("x".repeat(200)));
        mebibytes = 2;
        make(directory.resolve("tree"), "-b", "1024", "-N", "64");
        byte[] whole = Files.readAllBytes(image);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j < 200; j++) {
                damaged[1024 + random.nextInt(whole.length - 1024)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(image, damaged);
            try {
                read();
            } catch (FormatException | NoSuchElementException said) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
