package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Packs a tree with the real mksquashfs and holds what is read against the tree.
class MksquashfsTest {
    private static final int MANY = 3000;

    @TempDir
    static Path directory;

    private static Path tree = Path.of("");

    @BeforeAll
    static void make_tree() throws IOException {
        assumeTrue(isInstalled("mksquashfs"), "mksquashfs is not installed (Debian: squashfs-tools)");
        tree = Files.createDirectory(directory.resolve("tree"));
        var random = new Random(7);
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 131_071, 131_072, 131_073, 300_000, 1_048_577}) {
            Files.write(tree.resolve("size-" + size), letters(random, size));
        }
        byte[] noise = new byte[70_000];
        random.nextBytes(noise);
        Files.write(tree.resolve("noise"), noise);
        makeSparse(tree.resolve("sparse"));
        makeManyEntries();
        makeDeep();
        Files.createDirectory(
                tree.resolve("empty"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createLink(tree.resolve("zz-hard"), tree.resolve("size-4097"));
        Files.createLink(tree.resolve("empty/hard"), tree.resolve("size-4097"));
        Files.createSymbolicLink(tree.resolve("symlink"), Path.of("empty/../size-1"));
        Files.createSymbolicLink(tree.resolve("symlink-long"), Path.of("x/".repeat(1000) + "y"));
        Files.setPosixFilePermissions(tree.resolve("size-1"), PosixFilePermissions.fromString("rwxr-x--x"));
    }

    private static byte[] letters(Random random, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(6));
        }
        return bytes;
    }

    private static void makeSparse(Path path) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(5_000_000);
            file.seek(2_500_000);
            file.write("island".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// More than 64 KiB of entries, so that the directory has the extended form and an index.
    private static void makeManyEntries() throws IOException {
        Path many = Files.createDirectory(tree.resolve("many"));
        for (int i = 0; i < MANY; i++) {
            Files.writeString(many.resolve("an-entry-with-a-rather-long-name-" + i * 7919 % MANY), "number " + i);
        }
    }

    private static void makeDeep() throws IOException {
        Path deep = tree;
        for (int i = 0; i < 80; i++) {
            deep = Files.createDirectory(deep.resolve("deep-directory-" + i));
        }
        Files.writeString(deep.resolve("bottom"), "bottom");
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, 4096",
        "gzip, 131072",
        "gzip, 1048576",
        "zstd, 4096",
        "zstd, 131072",
        "zstd, 1048576",
        "xz, 8192",
        "xz, 131072",
        "xz, 1048576",
        "lz4, 4096",
        "lz4, 131072",
        "lz4, 1048576"
    })
    void a_tree_is_read_as_it_was_packed(String compression, int blockSize) throws Exception {
        Path image = pack("-comp", compression, "-b", Integer.toString(blockSize));
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.superblock().blockSize()).isEqualTo(blockSize);
            assertSameTree(reader);
        }
    }

    @ParameterizedTest
    @CsvSource({"-noI", "-noD", "-noF", "-noX", "-no-fragments", "-always-use-fragments", "-no-exports", "-no-sparse"})
    void a_tree_is_read_whatever_was_left_out(String option) throws Exception {
        Path image = pack("-comp", "lz4", option);
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertSameTree(reader);
        }
    }

    @Test
    void an_image_inside_a_larger_file_is_read() throws Exception {
        byte[] image = Files.readAllBytes(pack("-comp", "lz4"));
        Path larger = directory.resolve("larger");
        try (FileChannel channel = FileChannel.open(Files.createFile(larger), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(image), 12_345);
            channel.write(ByteBuffer.allocate(100), channel.size());
        }
        try (FileChannel channel = FileChannel.open(larger);
                SquashfsReader reader = SquashfsReader.open(channel, 12_345, channel.size() - 12_345)) {
            assertSameTree(reader);
        }
    }

    @Test
    void each_of_3000_entries_is_found_by_name_and_none_beside_them() throws Exception {
        Path image = pack("-comp", "lz4");
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var many = (Inode.Directory) Images.find(reader, "many").orElseThrow();
            assertThat(many.listing().indexEntries()).isPositive();
            List<DirectoryEntry> entries = reader.list(many);
            assertThat(entries)
                    .hasSize(MANY)
                    .isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
            for (DirectoryEntry entry : entries) {
                assertThat(reader.child(many, entry.name())).contains(reader.inode(entry));
                assertThat(reader.child(many, entry.name() + "!")).isEmpty();
            }
            assertThat(reader.child(many, "a")).isEmpty();
            assertThat(reader.child(many, "z")).isEmpty();
        }
    }

    @Test
    void attributes_of_a_file_system_that_has_them_are_read() throws Exception {
        Path file = Files.writeString(directory.resolve("with-attributes"), "content");
        var view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        byte[] binary = new byte[3000];
        new Random(3).nextBytes(binary);
        try {
            view.write("short", ByteBuffer.wrap("value".getBytes(StandardCharsets.US_ASCII)));
            view.write("binary", ByteBuffer.wrap(binary));
            view.write("empty", ByteBuffer.allocate(0));
        } catch (IOException e) {
            assumeTrue(false, "the temporary directory has no user.* attributes: " + e.getMessage());
        }
        Path other = Files.copy(file, directory.resolve("same-attributes"), StandardCopyOption.COPY_ATTRIBUTES);
        Path image = directory.resolve("attributes.squashfs");
        run("mksquashfs", file.toString(), other.toString(), image.toString(), "-noappend", "-quiet", "-no-progress");
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            for (String name : new String[] {"with-attributes", "same-attributes"}) {
                Map<String, byte[]> xattrs = reader.xattrs(Images.file(reader, name));
                assertThat(xattrs.keySet()).containsExactlyInAnyOrder("user.short", "user.binary", "user.empty");
                assertThat(xattrs.get("user.short")).asString().isEqualTo("value");
                assertThat(xattrs.get("user.binary")).isEqualTo(binary);
                assertThat(xattrs.get("user.empty")).isEmpty();
            }
        }
    }

    @Test
    void compressions_that_are_not_supported_are_refused_by_name() throws Exception {
        Path image = pack("-comp", "lzo");
        try (FileChannel channel = FileChannel.open(image)) {
            assertThat(catchThrowable(() -> SquashfsReader.open(channel, 0, channel.size())))
                    .hasMessage("SquashFS compression lzo is not supported (gzip, xz, lz4 and zstd are) at offset 20");
        }
    }

    private static void assertSameTree(SquashfsReader reader) throws IOException {
        Map<String, Path> expected = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(tree)) {
            paths.forEach(path -> expected.put(tree.relativize(path).toString(), path));
        }
        List<String> met = new ArrayList<>();
        TreeWalk walk = reader.walk(reader.root());
        for (var next = walk.next(); next.isPresent(); next = walk.next()) {
            var entry = next.get();
            met.add(entry.path());
            assertSameFile(reader, entry.inode(), requireNonNull(expected.get(entry.path()), "made of nothing"));
        }
        assertThat(met).doesNotHaveDuplicates().hasSize(expected.size());
        assertThat(Images.find(reader, "zz-hard")).isEqualTo(Images.find(reader, "empty/hard"));
    }

    private static void assertSameFile(SquashfsReader reader, Inode inode, Path path) throws IOException {
        Map<String, Object> real = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        assertThat((long) (inode.type().modeBits() | inode.attributes().permissions()))
                .as("mode of %s", path)
                .isEqualTo(number(real, "mode"));
        assertThat(inode.attributes().uid()).isEqualTo(number(real, "uid"));
        assertThat(inode.attributes().gid()).isEqualTo(number(real, "gid"));
        assertThat(inode.attributes().modifiedSeconds())
                .isEqualTo(Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                                .toMillis()
                        / 1000);
        switch (inode) {
            case Inode.RegularFile file -> {
                assertThat(inode.linkCount()).isEqualTo(number(real, "nlink"));
                assertThat(file.size()).isEqualTo(Files.size(path));
                assertSameContent(reader, file, path);
            }
            case Inode.Symlink link ->
                assertThat(link.target()).isEqualTo(Files.readSymbolicLink(path).toString());
            case Inode.Directory _ -> assertThat(path).isDirectory();
            case Inode.BlockDevice _, Inode.CharacterDevice _, Inode.Fifo _, Inode.Socket _ ->
                throw new AssertionError("made of nothing: " + path);
        }
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) requireNonNull(attributes.get(name))).longValue();
    }

    private static void assertSameContent(SquashfsReader reader, Inode.RegularFile file, Path path) throws IOException {
        byte[] expected = Files.readAllBytes(path);
        if (!Arrays.equals(reader.read(file, expected.length), expected)) {
            throw new AssertionError("other content: " + path);
        }
        try (InputStream in = reader.open(file)) {
            if (!Arrays.equals(in.readAllBytes(), expected)) {
                throw new AssertionError("other content in a stream: " + path);
            }
        }
    }

    private static Path pack(String... options) throws Exception {
        Path image = directory.resolve(String.join("", options) + ".squashfs");
        List<String> command = new ArrayList<>(List.of("mksquashfs", tree.toString(), image.toString()));
        command.addAll(List.of("-noappend", "-quiet", "-no-progress"));
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
        return image;
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
    }

    private static boolean isInstalled(String command) {
        for (String place : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
            if (Files.isExecutable(Path.of(place, command))) {
                return true;
            }
        }
        return false;
    }
}
