package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootArrangerTest {
    private static final PackSettings SETTINGS = PackSettings.usual();

    @TempDir
    Path directory = Path.of("");

    private Path image = Path.of("");

    /// Forty files large and small, hard links among them, with owners and attributes, not at the start of the file.
    @BeforeEach
    void makeImage() throws IOException {
        List<Entry> entries = new ArrayList<>();
        var random = new Random(4);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[i % 3 == 0 ? 200_000 : 2_000];
            random.nextBytes(bytes);
            var xattrs = new TreeMap<>(Map.of("user.number", new byte[] {(byte) i}));
            entries.add(new Entry.RegularFile("d" + i % 4 + "/f" + i, new Metadata(0640, i, 7, i, xattrs), bytes));
        }
        entries.add(new Entry.HardLink("a-link", "d3/f27"));
        entries.add(new Entry.Symlink("link", new Metadata(0777, 0, 0, 0), "d3"));
        image = directory.resolve("image");
        try (var out = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 4096, EntrySource.of(entries), WriterSettings.usual(1234));
        }
    }

    private SquashfsReader open(FileChannel channel, long offset) throws IOException {
        return SquashfsReader.open(channel, offset, channel.size() - offset);
    }

    private static Inode.RegularFile file(SquashfsReader reader, String path) throws IOException {
        Inode at = reader.root();
        for (String name : path.split("/")) {
            at = reader.child((Inode.Directory) at, name).orElseThrow();
        }
        return (Inode.RegularFile) at;
    }

    private Path arrange(String name, PackSettings settings, String... read) throws IOException {
        byte[] record = new byte[4 * read.length];
        try (var channel = FileChannel.open(image);
                var reader = open(channel, 4096)) {
            for (int i = 0; i < read.length; i++) {
                record[4 * i] = (byte) file(reader, read[i]).attributes().number();
            }
        }
        Path file = Files.write(directory.resolve(name + ".record"), record);
        Path output = directory.resolve(name);
        var squashfs = new BaseImage.Squashfs(image, 4096, Files.size(image) - 4096);
        RootArranger.arrange(new TreeStep.Arrange(squashfs, "image", output, file, settings), Optional.empty());
        return output;
    }

    /// All that a file system says of its files, but where their contents are.
    private List<String> said(Path file, long offset) throws IOException {
        List<String> lines = new ArrayList<>();
        try (var channel = FileChannel.open(file);
                var reader = open(channel, offset)) {
            var walk = reader.walk(reader.root());
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                Inode inode = entry.get().inode();
                var text = new StringBuilder(entry.get().path() + " " + inode.attributes() + " " + inode.linkCount());
                reader.xattrs(inode)
                        .forEach((name, value) -> text.append(' ')
                                .append(name)
                                .append('=')
                                .append(HexFormat.of().formatHex(value)));
                if (inode instanceof Inode.RegularFile regular) {
                    try (var content = reader.open(regular)) {
                        text.append(' ').append(HexFormat.of().formatHex(content.readAllBytes()));
                    }
                }
                lines.add(text.toString());
            }
            lines.add("made " + reader.superblock().modifiedSeconds());
        }
        return lines;
    }

    @Test
    void contents_lie_in_the_order_in_which_they_were_read_and_all_else_stays() throws IOException {
        Path arranged = arrange("one", SETTINGS, "d3/f39", "d1/f21", "d2/f6", "d1/f1", "d0/f0");
        try (var channel = FileChannel.open(arranged);
                var reader = open(channel, 0)) {
            long last = 0;
            for (String path : List.of("d3/f39", "d1/f21", "d2/f6", "d0/f0", "d1/f9")) {
                long start = file(reader, path).content().start();
                assertThat(start).as(path).isGreaterThan(last);
                last = start;
            }
            assertThat(file(reader, "d1/f1").content().fragment()).hasValue(0);
            assertThat(file(reader, "d1/f5").content().fragment().orElseThrow()).isPositive();
        }
        assertThat(said(arranged, 0)).isEqualTo(said(image, 4096));
    }

    @Test
    void a_file_with_two_names_goes_where_either_was_read() throws IOException {
        Path arranged = arrange("one", SETTINGS, "a-link", "d0/f0");
        try (var channel = FileChannel.open(arranged);
                var reader = open(channel, 0)) {
            assertThat(file(reader, "d3/f27")).isEqualTo(file(reader, "a-link"));
            assertThat(file(reader, "d3/f27").content().start())
                    .isLessThan(file(reader, "d0/f0").content().start());
        }
        assertThat(said(arranged, 0)).isEqualTo(said(image, 4096));
    }

    @Test
    void the_same_record_makes_the_same_image_with_any_threads() throws IOException {
        var effort = SETTINGS.effort();
        Path one = arrange("one", SETTINGS.with(effort.withThreads(1)), "d3/f39", "d1/f1");
        Path two = arrange("two", SETTINGS.with(effort.withThreads(5)), "d3/f39", "d1/f1");
        assertThat(two).hasSameBinaryContentAs(one);
    }

    @Test
    void without_a_group_in_front_a_source_gives_the_order_of_the_walk() throws IOException {
        try (var channel = FileChannel.open(image);
                var reader = open(channel, 4096);
                var source = new SquashfsSource(reader)) {
            assertThat(source.next().orElseThrow().path()).isEmpty();
            assertThat(source.next().orElseThrow().path()).isEqualTo("a-link");
        }
    }

    @Test
    void an_image_that_is_damaged_is_said_to_be() throws IOException {
        try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 5000);
        }
        var squashfs = new BaseImage.Squashfs(image, 4096, Files.size(image) - 4096);
        Path record = Files.createFile(directory.resolve("record"));
        var work = new TreeStep.Arrange(squashfs, "image", directory.resolve("out"), record, SETTINGS);
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> RootArranger.arrange(work, Optional.empty()));
    }
}
