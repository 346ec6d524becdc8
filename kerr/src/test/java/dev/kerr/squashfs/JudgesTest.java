package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Writes generated trees, and has the kernel, unsquashfs, squashfuse and our own reader say what is in them.
///
/// Forty-five trees, and more than three hundred with `-Dkerr.judges=full`.
class JudgesTest {
    private static final boolean FULL = "full".equals(System.getProperty("kerr.judges"));

    @TempDir
    Path directory;

    static LongStream seeds() {
        return LongStream.range(0, FULL ? 330 : 45);
    }

    static LongStream fewSeeds() {
        return LongStream.range(0, FULL ? 60 : 10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void our_reader_finds_what_was_written(long seed) throws Exception {
        var tree = new GeneratedTree(seed);
        Path image = write(tree, tree.settings(), "image");
        TreeListing.assertSame(read(image), expected(tree), tree.toString());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_judges_find_what_was_written(long seed) throws Exception {
        Judges.requireRoot();
        var tree = new GeneratedTree(seed);
        Path image = write(tree, tree.settings(), "image");
        List<String> expected = expected(tree);
        TreeListing.assertSame(Judges.byKernel(image, directory.resolve("kernel")), expected, "kernel, " + tree);
        if (Judges.has("unsquashfs")) {
            Path unpacked = directory.resolve("unsquashfs");
            Judges.unsquash(image, unpacked);
            TreeListing.assertSame(TreeListing.of(DirectorySource.open(unpacked)), expected, "unsquashfs, " + tree);
        }
        if (Judges.has("squashfuse_ll") && Files.isWritable(Path.of("/dev/fuse"))) {
            TreeListing.assertSame(
                    Judges.bySquashfuse(image, directory.resolve("squashfuse")),
                    TreeListing.of(TreeListing.withoutXattrs(EntrySource.of(tree.entries()))),
                    "squashfuse, " + tree);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_same_tree_makes_the_same_bytes_on_any_number_of_threads(long seed) throws Exception {
        var tree = new GeneratedTree(seed);
        Path one = write(tree, tree.settings().withThreads(1), "one");
        Path eight = write(tree, tree.settings().withThreads(8), "eight");
        assertThat(Files.mismatch(one, eight)).as(tree.toString()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void an_image_is_repacked_from_an_image_and_from_a_directory(long seed) throws Exception {
        Judges.requireRoot();
        var tree = new GeneratedTree(seed);
        Path image = write(tree, tree.settings(), "image");
        Path again = directory.resolve("again");
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            write(new SquashfsSource(reader), tree.settings(), again);
        }
        TreeListing.assertSame(read(again), expected(tree), tree.toString());
        Path unpacked = directory.resolve("unpacked");
        Judges.unsquash(image, unpacked);
        Path fromDirectory = directory.resolve("from-directory");
        write(DirectorySource.open(unpacked), tree.settings(), fromDirectory);
        assertThat(Files.mismatch(again, fromDirectory)).as(tree.toString()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void our_reader_finds_what_mksquashfs_wrote(long seed) throws Exception {
        Judges.requireRoot();
        var tree = new GeneratedTree(seed);
        Path unpacked = directory.resolve("unpacked");
        Judges.unsquash(write(tree, tree.settings(), "image"), unpacked);
        Path image = directory.resolve("mksquashfs");
        String compression = tree.settings().compression().toString().replaceAll(":.*|none", "");
        Judges.run(
                "mksquashfs",
                unpacked.toString(),
                image.toString(),
                "-quiet",
                "-no-progress",
                "-b",
                Integer.toString(tree.settings().blockSize()),
                "-comp",
                compression.isEmpty() ? "gzip" : compression);
        TreeListing.assertSame(read(image), expected(tree), tree.toString());
    }

    @Test
    void nothing_but_a_root_is_a_tree_too() throws Exception {
        Path image = directory.resolve("image");
        write(EntrySource.of(List.of()), WriterSettings.usual(5), image);
        List<String> expected = List.of(" DIRECTORY 755 0:0 5 ");
        assertThat(read(image)).isEqualTo(expected);
        Judges.requireRoot();
        assertThat(Judges.byKernel(image, directory.resolve("kernel"))).isEqualTo(expected);
    }

    private static List<String> expected(GeneratedTree tree) throws IOException {
        return TreeListing.of(EntrySource.of(tree.entries()));
    }

    private static List<String> read(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return TreeListing.of(new SquashfsSource(reader));
        }
    }

    private Path write(GeneratedTree tree, WriterSettings settings, String name) throws IOException {
        return write(EntrySource.of(tree.entries()), settings, directory.resolve(name));
    }

    private static Path write(EntrySource source, WriterSettings settings, Path image) throws IOException {
        try (source;
                FileChannel out = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, source, settings);
        }
        return image;
    }
}
