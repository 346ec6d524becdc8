package dev.kerr.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.GeneratedTree;
import dev.kerr.squashfs.Judges;
import dev.kerr.squashfs.TreeListing;
import dev.kerr.squashfs.TreeUnpacker;
import dev.kerr.squashfs.UnpackSettings;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Has GNU tar pack generated trees for our reader, and unpack what our writer made of them.
class GnuTarTest {
    private static final int TREES = 6;

    @TempDir
    Path directory;

    @BeforeEach
    void needs() throws IOException {
        Judges.requireRoot();
        assumeTrue(Judges.has("tar"), "there is no tar");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gnu",
                "oldgnu",
                "gnu --sparse",
                "pax",
                "pax --sparse --sparse-version=1.0",
                "pax --sparse --sparse-version=0.1",
                "pax --sparse --sparse-version=0.0"
            })
    void our_reader_has_what_gnu_tar_packed(String format) throws Exception {
        boolean hasXattrs = format.startsWith("pax");
        for (long seed = 0; seed < TREES; seed++) {
            Path tree = unpacked(seed);
            List<String> command = new ArrayList<>(
                    List.of("tar", "-C", tree.toString(), "-cf", archive().toString()));
            command.addAll(List.of(("--format=" + format).split(" ")));
            if (hasXattrs) {
                command.addAll(List.of("--xattrs", "--xattrs-include=*"));
            }
            command.add(".");
            Judges.run(command.toArray(String[]::new));
            EntrySource expected = DirectorySource.open(tree);
            TreeListing.assertSame(
                    read(),
                    TreeListing.of(hasXattrs ? expected : TreeListing.withoutXattrs(expected)),
                    tree.toString());
        }
    }

    /// What these formats have room for.
    @ParameterizedTest
    @ValueSource(strings = {"ustar", "v7", "gnu", "pax"})
    void our_reader_has_what_old_formats_hold(String format) throws Exception {
        Path tree = Files.createDirectory(directory.resolve("plain"));
        Path deep = Files.createDirectories(tree.resolve("a/b/" + "c".repeat(60)));
        Files.writeString(deep.resolve("file"), "text");
        Files.createLink(tree.resolve("link"), deep.resolve("file"));
        Files.createSymbolicLink(tree.resolve("symlink"), Path.of("a/b"));
        if (!format.equals("v7")) {
            Files.writeString(deep.resolve("n".repeat(99)), "long");
            Judges.run("mknod", tree.resolve("null").toString(), "c", "1", "3");
            Judges.run("mkfifo", tree.resolve("fifo").toString());
        }
        Judges.run(
                "tar",
                "-C",
                tree.toString(),
                "--format=" + format,
                "-cf",
                archive().toString(),
                ".");
        TreeListing.assertSame(read(), TreeListing.of(DirectorySource.open(tree)), format);
    }

    @Test
    void gnu_tar_unpacks_what_our_writer_packed() throws Exception {
        for (long seed = 0; seed < TREES; seed++) {
            Path tree = unpacked(seed);
            write();
            Path again = Files.createDirectory(directory.resolve("again-" + seed));
            Judges.run(
                    "tar",
                    "-C",
                    again.toString(),
                    "-xpf",
                    archive().toString(),
                    "--numeric-owner",
                    "--xattrs",
                    "--xattrs-include=*");
            TreeListing.assertSame(
                    TreeListing.of(DirectorySource.open(again)),
                    TreeListing.of(DirectorySource.open(tree)),
                    "tree " + seed);
            TreeListing.assertSame(read(), TreeListing.of(DirectorySource.open(tree)), "our reader, tree " + seed);
        }
    }

    @Test
    void the_same_tree_makes_the_same_archive() throws Exception {
        unpacked(5);
        write();
        byte[] first = Files.readAllBytes(archive());
        write();
        assertThat(Files.readAllBytes(archive())).isEqualTo(first);
    }

    private Path archive() {
        return directory.resolve("archive.tar");
    }

    private void write() throws IOException {
        try (EntrySource source = Squashfs.read(image());
                var out = new BufferedOutputStream(Files.newOutputStream(archive()))) {
            assertThat(LayerWriter.write(source, out)).isZero();
        }
    }

    private List<String> read() throws IOException {
        return TreeListing.of(TestLayer.merge(List.of(new LayersProgram.FileBlob(archive()))));
    }

    private Path image() {
        return directory.resolve("squashfs");
    }

    /// A directory with a generated tree, but for sockets, which tar does not have, and for other names of FIFOs and
    /// devices, which GNU tar makes files of their own; it is in [#image] too.
    private Path unpacked(long seed) throws IOException {
        Squashfs.write(EntrySource.of(fitting(new GeneratedTree(seed).entries())), image());
        Path tree = Files.createDirectory(directory.resolve("tree-" + seed));
        try (var channel = FileChannel.open(image())) {
            TreeUnpacker.unpack(channel, 0, channel.size(), tree, new UnpackSettings(2, bytes -> {}));
        }
        return tree;
    }

    private static List<Entry> fitting(List<Entry> entries) {
        Set<String> unfit = new HashSet<>();
        entries.stream().filter(GnuTarTest::isSpecial).map(Entry::path).forEach(unfit::add);
        for (int before = 0; unfit.size() > before; ) {
            before = unfit.size();
            for (Entry entry : entries) {
                if (entry instanceof Entry.HardLink link && unfit.contains(link.target())) {
                    unfit.add(link.path());
                }
            }
        }
        return entries.stream()
                .filter(entry ->
                        !(entry instanceof Entry.Socket) && (isSpecial(entry) || !unfit.contains(entry.path())))
                .toList();
    }

    private static boolean isSpecial(Entry entry) {
        return switch (entry) {
            case Entry.Fifo _, Entry.Socket _, Entry.CharacterDevice _, Entry.BlockDevice _ -> true;
            case Entry.Directory _, Entry.RegularFile _, Entry.Symlink _, Entry.HardLink _ -> false;
        };
    }
}
