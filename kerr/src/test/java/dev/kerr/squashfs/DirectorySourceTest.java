package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySourceTest {
    @TempDir
    Path tree;

    @Test
    void files_of_a_directory_come_together_and_before_what_is_in_its_directories() throws IOException {
        Files.createDirectories(tree.resolve("b/c"));
        Files.createDirectories(tree.resolve("d"));
        for (String name : List.of("b/c/one", "z", "b/x", "d/y", "a", "b/0")) {
            Files.writeString(tree.resolve(name), name);
        }
        assertThat(paths()).containsExactly("", "a", "z", "b", "d", "b/0", "b/x", "b/c", "b/c/one", "d/y");
    }

    @Test
    void names_of_one_file_are_hard_links() throws IOException {
        Files.writeString(tree.resolve("b"), "text");
        Files.createLink(tree.resolve("a"), tree.resolve("b"));
        List<Entry> entries = entries();
        assertThat(entries.get(1)).isInstanceOf(Entry.RegularFile.class);
        assertThat(entries.get(2)).isEqualTo(new Entry.HardLink("b", "a"));
    }

    @Test
    void attributes_are_those_of_the_file() throws IOException {
        Path file = Files.writeString(tree.resolve("file"), "text");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_999L));
        var metadata = ((Entry.RegularFile) entries().get(1)).metadata();
        assertThat(metadata.permissions()).isEqualTo(0751);
        assertThat(metadata.modifiedSeconds()).isEqualTo(1_234_567_890L);
        assertThat((int) metadata.uid()).isEqualTo(Files.getAttribute(file, "unix:uid"));
        assertThat((int) metadata.gid()).isEqualTo(Files.getAttribute(file, "unix:gid"));
    }

    @Test
    void extended_attributes_are_read_as_bytes() throws IOException {
        Path file = Files.writeString(tree.resolve("file"), "text");
        byte[] value = {0, -1, 'x', -128};
        try {
            var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
            view.write("kerr", ByteBuffer.wrap(value));
            view.write("empty", ByteBuffer.allocate(0));
        } catch (IOException e) {
            assumeTrue(false, "the temporary directory has no user.* attributes: " + e.getMessage());
        }
        var xattrs = ((Entry.RegularFile) entries().get(1)).metadata().xattrs();
        assertThat(xattrs).containsOnlyKeys("user.empty", "user.kerr");
        assertThat(xattrs.get("user.kerr")).isEqualTo(value);
        assertThat(xattrs.get("user.empty")).isEmpty();
    }

    @Test
    void holes_are_passed_over() throws IOException {
        try (var file = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            file.setLength(10L << 30);
            file.seek(5L << 30);
            file.write(1);
        }
        try (var source = DirectorySource.open(tree)) {
            source.next();
            var file = (Entry.RegularFile) source.next().orElseThrow();
            try (ContentReader reader = file.content().open()) {
                long hole = reader.skipZeros(file.size(), 4096);
                assumeTrue(hole > 0, "the temporary directory's file system has no holes");
                assertThat(hole).isEqualTo(5L << 30);
                assertThat(reader.skipZeros(file.size() - hole, 4096)).isZero();
                byte[] block = new byte[4096];
                ContentWriter.readFully(reader, file, block, 0, 4096);
                assertThat(block).startsWith(1, 0);
                // An island may be larger than what was written to it.
                long read = hole + 4096;
                while (read < file.size()) {
                    long zeros = reader.skipZeros(file.size() - read, 4096);
                    if (zeros == 0) {
                        ContentWriter.readFully(reader, file, block, 0, 4096);
                    }
                    read += zeros == 0 ? 4096 : zeros;
                }
                assertThat(read).isEqualTo(10L << 30);
            }
        }
    }

    @Test
    void what_is_not_wanted_is_not_looked_at() throws IOException {
        Files.createDirectories(tree.resolve("keep"));
        Files.createDirectories(tree.resolve("leave/in"));
        try (var source = DirectorySource.open(tree, path -> !path.equals("leave"))) {
            assertThat(paths(source)).containsExactly("", "keep");
        }
    }

    @Test
    void a_file_that_was_replaced_is_an_error() throws IOException {
        Path file = Files.writeString(tree.resolve("file"), "text");
        try (var source = DirectorySource.open(tree)) {
            source.next();
            var entry = (Entry.RegularFile) source.next().orElseThrow();
            Files.move(Files.writeString(tree.resolve("other"), "text"), tree.resolve("moved"));
            Files.delete(file);
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(() -> entry.content().open())
                    .withMessage("file");
            Files.createSymbolicLink(file, Path.of("moved"));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> entry.content().open());
            Files.delete(file);
            Files.writeString(tree.resolve("new"), "takes the inode, perhaps");
            Files.writeString(file, "text");
            assertThatExceptionOfType(InvalidTreeException.class)
                    .isThrownBy(() -> entry.content().open())
                    .withMessage("cannot pack file: file is not the one it was: does something change it?");
        }
    }

    @Test
    void no_links_are_followed_below_the_directory() throws IOException {
        Path elsewhere = Files.createDirectory(tree.resolve("elsewhere"));
        Path inside = Files.createDirectory(tree.resolve("inside"));
        Files.writeString(elsewhere.resolve("file"), "text");
        Path below = Files.createDirectory(inside.resolve("below"));
        Files.writeString(below.resolve("file"), "text");
        try (var source = DirectorySource.open(inside)) {
            source.next();
            source.next();
            var file = (Entry.RegularFile) source.next().orElseThrow();
            assertThat(file.path()).isEqualTo("below/file");
            Files.delete(below.resolve("file"));
            Files.delete(below);
            Files.createSymbolicLink(below, elsewhere);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> file.content().open());
        }
    }

    @Test
    void a_directory_that_is_not_there_is_an_error() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> DirectorySource.open(tree.resolve("none")))
                .withMessage(tree.resolve("none").toString());
    }

    @Test
    void a_directory_with_thousands_of_files_is_read_whole() throws IOException {
        for (int i = 0; i < 5000; i++) {
            Files.createFile(tree.resolve("a-name-long-enough-to-fill-a-buffer-" + i));
        }
        assertThat(paths()).hasSize(5001).doesNotHaveDuplicates();
    }

    @Test
    void a_directory_packed_twice_makes_the_same_bytes() throws IOException {
        for (int i = 0; i < 200; i++) {
            Files.writeString(tree.resolve("file-" + i), "text ".repeat(i * 30));
        }
        Path first = pack("first");
        assertThat(Files.mismatch(first, pack("second"))).isEqualTo(-1);
    }

    private Path pack(String name) throws IOException {
        Path image = Files.createTempFile(name, ".squashfs");
        image.toFile().deleteOnExit();
        try (var source = DirectorySource.open(tree);
                FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, source, WriterSettings.usual(0));
        }
        return image;
    }

    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (var source = DirectorySource.open(tree)) {
            for (var next = source.next(); next.isPresent(); next = source.next()) {
                entries.add(next.get());
            }
        }
        return entries;
    }

    private List<String> paths() throws IOException {
        return entries().stream().map(Entry::path).toList();
    }

    private static List<String> paths(EntrySource source) throws IOException {
        List<String> paths = new ArrayList<>();
        for (var next = source.next(); next.isPresent(); next = source.next()) {
            paths.add(next.get().path());
        }
        return paths;
    }
}
