package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Writes generated trees, and has the kernel, unsquashfs, squashfuse and our own reader say what is in them; and has
/// our reader say what is in what mksquashfs makes of the same trees.
///
/// `-Dkerr.judges=N` takes N trees instead of the usual number.
class JudgesTest {
    private static final int TREES = Integer.getInteger("kerr.judges", 110);

    @TempDir
    Path directory;

    /// Where unsquashfs unpacks to: reading there changes no time of access.
    @TempDir
    static Path unread;

    @BeforeAll
    static void mount() throws Exception {
        if (Judges.isRoot()) {
            Judges.run("mount", "-o", "bind,noatime", unread.toString(), unread.toString());
        }
    }

    @AfterAll
    static void unmount() throws Exception {
        if (Judges.isRoot()) {
            Judges.run("umount", unread.toString());
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, TREES);
    }

    /// One test for all that is asked about a tree, since making and packing it is most of the work.
    @ParameterizedTest
    @MethodSource("seeds")
    @Execution(ExecutionMode.CONCURRENT)
    void all_judges_find_what_was_written(long seed) throws Exception {
        var tree = new GeneratedTree(seed);
        List<String> expected = expected(tree);
        Path image = write(tree, tree.settings(), "image");
        TreeListing.assertSame(read(image), expected, "our reader, " + tree);
        writtenOnOtherThreads(tree, image);
        Judges.requireRoot();
        TreeListing.assertSame(Judges.byKernel(image, directory.resolve("kernel")), expected, "kernel, " + tree);
        if (Judges.has("squashfuse_ll") && Files.isWritable(Path.of("/dev/fuse"))) {
            TreeListing.assertSame(
                    Judges.bySquashfuse(image, directory.resolve("squashfuse")),
                    TreeListing.of(TreeListing.withoutXattrs(EntrySource.of(tree.entries()))),
                    "squashfuse, " + tree);
        }
        if (Judges.has("unsquashfs") && Judges.has("mksquashfs")) {
            Path unpacked = unread.resolve("tree-" + seed);
            Judges.unsquash(image, unpacked);
            TreeListing.assertSame(TreeListing.of(DirectorySource.open(unpacked)), expected, "unsquashfs, " + tree);
            packedByMksquashfs(tree, unpacked, expected);
            if (seed % 5 == 0) {
                packedAgain(tree, image, unpacked, expected);
            }
            Judges.run("rm", "-rf", unpacked.toString());
        }
    }

    private void writtenOnOtherThreads(GeneratedTree tree, Path image) throws IOException {
        Path other = write(tree, tree.settings().withThreads(tree.otherThreads()), "other-threads");
        assertThat(Files.mismatch(image, other)).as(tree.toString()).isEqualTo(-1);
    }

    /// mksquashfs takes two names for one file only where `stat` says the same of both, time of access included; and it
    /// reads a symbolic link as soon as it has found one name. So a link with two names becomes two links wherever
    /// reading changes the time of access.
    private void packedByMksquashfs(GeneratedTree tree, Path unpacked, List<String> expected) throws Exception {
        Path image = directory.resolve("mksquashfs");
        String compression = tree.settings().compression().toString().replaceAll(":.*|none", "");
        List<String> command = new ArrayList<>(List.of("mksquashfs", unpacked.toString(), image.toString()));
        command.addAll(List.of("-quiet", "-no-progress", "-processors", "1"));
        command.addAll(List.of("-b", Integer.toString(tree.settings().blockSize())));
        command.addAll(List.of("-comp", compression.isEmpty() ? "gzip" : compression));
        command.addAll(
                switch (tree.settings().tails()) {
                    case OWN_BLOCKS -> List.of("-no-fragments");
                    case SHARED_BY_SMALL_FILES -> List.of();
                    case SHARED -> List.of("-always-use-fragments");
                });
        if (compression.isEmpty()) {
            command.addAll(List.of("-noI", "-noD", "-noF", "-noX", "-no-exports", "-no-duplicates"));
        }
        Judges.run(command.toArray(String[]::new));
        TreeListing.assertSame(read(image), expected, "our reader of mksquashfs, " + tree);
    }

    /// From the image and from the directory that it was unpacked to: the same bytes.
    private void packedAgain(GeneratedTree tree, Path image, Path unpacked, List<String> expected) throws IOException {
        Path again = directory.resolve("again");
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            write(new SquashfsSource(reader), tree.settings(), again);
        }
        TreeListing.assertSame(read(again), expected, "packed again, " + tree);
        Path fromDirectory = directory.resolve("from-directory");
        write(DirectorySource.open(unpacked), tree.settings(), fromDirectory);
        assertThat(Files.mismatch(again, fromDirectory)).as(tree.toString()).isEqualTo(-1);
    }

    /// Large and small files, each content twice, for each number of threads and once more: the same bytes.
    @ParameterizedTest
    @EnumSource(Tails.class)
    void the_same_tree_makes_the_same_bytes_on_any_number_of_threads(Tails tails) throws Exception {
        List<Entry> entries = new ArrayList<>();
        var random = new Random(5);
        for (int i = 0; i < 120; i++) {
            byte[] content = new byte[i % 10 == 0 ? 300_000 + random.nextInt(50_000) : random.nextInt(9000)];
            random.nextBytes(content);
            Arrays.fill(content, content.length / 3, content.length * 2 / 3, (byte) 0);
            var metadata = new Metadata(0644, i % 7, 0, 1_700_000_000);
            entries.add(new Entry.RegularFile("a" + i, metadata, content));
            entries.add(new Entry.RegularFile("d/b" + (119 - i), metadata, content));
        }
        var settings = WriterSettings.usual(7).withBlockSize(8192).with(tails);
        Path first = write(EntrySource.of(entries), settings.withThreads(1), directory.resolve("first"));
        for (int threads : new int[] {1, 2, 3, 8, 8, 2}) {
            Path again = directory.resolve("again");
            write(EntrySource.of(entries), settings.withThreads(threads), again);
            assertThat(Files.mismatch(first, again)).as("%d threads", threads).isEqualTo(-1);
            Files.delete(again);
        }
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
