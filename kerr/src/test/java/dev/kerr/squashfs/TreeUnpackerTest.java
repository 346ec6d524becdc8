package dev.kerr.squashfs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.Entry.Symlink;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class TreeUnpackerTest {
    @TempDir
    Path directory;

    private Path into;

    @BeforeEach
    void make_an_empty_directory() throws IOException {
        into = Files.createDirectory(directory.resolve("into"));
    }

    static LongStream seeds() {
        return LongStream.range(0, Integer.getInteger("kerr.judges", 45));
    }

    static LongStream fewSeeds() {
        return seeds().filter(seed -> seed % 7 == 3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_was_written_is_unpacked(long seed) throws IOException {
        Judges.requireRoot();
        var tree = new GeneratedTree(seed);
        Unpacked unpacked = unpack(write(tree.settings(), tree.entries()), 1 + (int) (seed % 4));
        TreeListing.assertSame(listing(into), TreeListing.of(EntrySource.of(tree.entries())), tree.toString());
        assertThat(unpacked.leftOut()).isEmpty();
        assertThat(unpacked.files())
                .as("files, without the root")
                .isEqualTo(tree.entries().size() - 1);
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void what_mksquashfs_wrote_is_unpacked_as_unsquashfs_does_it(long seed) throws Exception {
        Judges.requireRoot();
        var tree = new GeneratedTree(seed);
        // Where reading changes no time of access: else mksquashfs makes two of a symbolic link with two names.
        Path unread = Files.createDirectory(directory.resolve("unread"));
        Judges.run("mount", "-o", "bind,noatime", unread.toString(), unread.toString());
        try {
            Path theirs = unread.resolve("theirs");
            Judges.unsquash(write(tree.settings(), tree.entries()), theirs);
            Path image = directory.resolve("mksquashfs");
            Judges.run("mksquashfs", theirs.toString(), image.toString(), "-quiet", "-no-progress", "-b", "16384");
            unpack(image, 2);
            TreeListing.assertSame(listing(into), listing(theirs), tree.toString());
        } finally {
            Judges.run("umount", "--lazy", unread.toString());
        }
    }

    @Test
    void times_are_whole_seconds_and_symbolic_links_have_their_own() throws IOException {
        var old = new Metadata(0777, own("unix:uid"), own("unix:gid"), 86_400);
        unpack(write(new Symlink("link", old, "nowhere"), new Entry.Directory("d", old), file("d/f", old, 3)), 1);
        for (String name : List.of("link", "d", "d/f")) {
            assertThat(Files.getLastModifiedTime(into.resolve(name), LinkOption.NOFOLLOW_LINKS))
                    .as(name)
                    .hasToString("1970-01-02T00:00:00Z");
        }
    }

    @Test
    void holes_stay_holes_in_small_files_and_large_ones() throws IOException {
        byte[] sparse = new byte[1 << 20];
        sparse[600_000] = 1;
        long huge = (64L << 30) + 5;
        var settings = WriterSettings.usual(0).withBlockSize(1 << 17).with(Tails.SHARED);
        Path image = write(
                settings,
                List.of(
                        new RegularFile("ends in a hole", plain(), sparse),
                        new RegularFile("nothing", plain(), new byte[300_000]),
                        new RegularFile("huge", plain(), huge, () -> new Island(huge))));
        Unpacked unpacked = unpack(image, 2);
        assertThat(unpacked.bytes()).isEqualTo((1 << 20) + 300_000 + huge);
        assertThat(into.resolve("ends in a hole")).hasBinaryContent(sparse);
        assertThat(into.resolve("nothing")).hasBinaryContent(new byte[300_000]);
        try (var file = new RandomAccessFile(into.resolve("huge").toFile(), "r")) {
            assertThat(file.length()).isEqualTo(huge);
            file.seek(Island.AT);
            assertThat(file.read()).isOne();
        }
        assertThat(allocated("ends in a hole")).isLessThanOrEqualTo(1 << 17);
        assertThat(allocated("nothing")).isZero();
        assertThat(allocated("huge")).isLessThan(1 << 20);
    }

    /// A hole with one byte in it and five zeros behind it.
    private static final class Island implements ContentReader {
        static final long AT = 40L << 30;
        private final long size;
        private long position;

        Island(long size) {
            this.size = size;
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            int count = (int) Math.min(length, size - position);
            for (int i = 0; i < count; i++) {
                bytes[from + i] = (byte) (position + i == AT ? 1 : 0);
            }
            position += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public long skipZeros(long most, int unit) {
            long zeros = Math.min(most, position <= AT ? AT - position : size - position);
            zeros -= zeros < most ? zeros % unit : 0;
            position += zeros;
            return zeros;
        }

        @Override
        public void close() {}
    }

    private long allocated(String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var files = new HostFiles(arena);
            int root = files.openRoot(into.toString());
            long allocated = files.status(root, name, name).allocated();
            files.closeFile(root);
            return allocated;
        }
    }

    @Test
    void a_large_file_is_unpacked_by_many_threads() throws IOException {
        byte[] large = new byte[(21 << 20) + 77];
        new Random(1).nextBytes(large);
        for (Tails tails : List.of(Tails.SHARED, Tails.OWN_BLOCKS)) {
            var told = new AtomicLong();
            Path image = write(WriterSettings.usual(0).with(tails), List.of(new RegularFile("f", plain(), large)));
            try (FileChannel channel = FileChannel.open(image)) {
                var settings = new UnpackSettings(3, told::addAndGet);
                TreeUnpacker.unpack(channel, 0, channel.size(), into, settings);
            }
            assertThat(into.resolve("f")).hasBinaryContent(large);
            assertThat(told).hasValue(large.length);
            Files.delete(into.resolve("f"));
            Files.delete(image);
        }
    }

    @Test
    void a_directory_of_thousands_of_files_and_a_deep_one() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            entries.add(file("many/file number " + i, plain(), i % 5));
        }
        String deep = "d/".repeat(700) + "bottom";
        entries.add(file(deep, plain(), 3));
        Unpacked unpacked = unpack(write(WriterSettings.usual(0), entries), 2);
        assertThat(unpacked.files()).isEqualTo(5000 + 1 + 700 + 1);
        TreeListing.assertSame(
                paths(listing(into)), paths(TreeListing.of(EntrySource.of(withDirectories(entries)))), "tree");
    }

    private static List<Entry> withDirectories(List<Entry> entries) {
        List<Entry> all = new ArrayList<>(entries);
        all.add(new Entry.Directory("", plain()));
        all.add(new Entry.Directory("many", plain()));
        for (int depth = 1; depth <= 700; depth++) {
            all.add(new Entry.Directory("d/".repeat(depth - 1) + "d", plain()));
        }
        return all;
    }

    private static List<String> paths(List<String> lines) {
        return lines.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    }

    @Test
    void a_directory_that_is_not_empty_is_refused() throws IOException {
        Path image = write();
        Files.createFile(into.resolve("file"));
        assertThatExceptionOfType(DirectoryNotEmptyException.class)
                .isThrownBy(() -> unpack(image, 1))
                .withMessage(into.toString());
    }

    @Test
    void a_directory_that_is_not_there_is_refused() throws IOException {
        Path image = write();
        Files.delete(into);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> unpack(image, 1))
                .withMessage(into.toString());
    }

    @Test
    void damage_that_a_thread_meets_ends_all() throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            entries.add(
                    new RegularFile("f" + i, plain(), "text ".repeat(40_000 + i).getBytes(US_ASCII)));
        }
        Path image = write(WriterSettings.usual(0).with(GeneratedTree.COMPRESSIONS.get(1)), entries);
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Into the header of the first file's first block, where noise is stored as it is and text is not.
            channel.write(ByteBuffer.allocate(2), Superblock.SIZE);
        }
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> unpack(image, 2));
        assertNoThreadLeft();
    }

    @Test
    void an_interrupted_thread_stops() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            entries.add(file("f" + i, plain(), 5000));
        }
        Path image = write(WriterSettings.usual(0), entries);
        try (FileChannel channel = FileChannel.open(image)) {
            var settings = new UnpackSettings(2, bytes -> Thread.currentThread().interrupt());
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> TreeUnpacker.unpack(channel, 0, channel.size(), into, settings));
        }
        assertThat(Thread.interrupted()).isTrue();
        assertNoThreadLeft();
    }

    private static void assertNoThreadLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("unpack-"));
    }

    @Test
    void no_space_is_one_error_with_path_and_reason() throws Exception {
        Judges.requireRoot();
        byte[] noise = new byte[300_000];
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            new Random(i).nextBytes(noise);
            entries.add(new RegularFile("f" + i, plain(), noise.clone()));
        }
        Path image = write(WriterSettings.usual(0), entries);
        Judges.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", into.toString());
        try {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> unpack(image, 3))
                    .withMessageMatching(into + "/f\\d+: no space left on device");
        } finally {
            Judges.run("umount", into.toString());
        }
    }

    @Test
    void a_file_system_that_is_read_only_is_one_error() throws Exception {
        Judges.requireRoot();
        Path image = write(file("f", plain(), 10));
        Judges.run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", into.toString());
        try {
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> unpack(image, 1))
                    .withMessage(into + "/f: read-only file system");
        } finally {
            Judges.run("umount", into.toString());
        }
    }

    private static Metadata plain() {
        return new Metadata(0755, own("unix:uid"), own("unix:gid"), 1_700_000_000);
    }

    private static int own(String attribute) {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), attribute);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RegularFile file(String path, Metadata metadata, int size) {
        byte[] content = new byte[size];
        new Random(path.hashCode()).nextBytes(content);
        return new RegularFile(path, metadata, content);
    }

    private Path write(Entry... entries) throws IOException {
        return write(WriterSettings.usual(0), List.of(entries));
    }

    private Path write(WriterSettings settings, List<? extends Entry> entries) throws IOException {
        Path image = directory.resolve("image");
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, EntrySource.of(List.copyOf(entries)), settings);
        }
        return image;
    }

    private Unpacked unpack(Path image, int threads) throws IOException {
        try (FileChannel channel = FileChannel.open(image)) {
            return TreeUnpacker.unpack(channel, 0, channel.size(), into, new UnpackSettings(threads, bytes -> {}));
        }
    }

    private static List<String> listing(Path root) throws IOException {
        return TreeListing.of(DirectorySource.open(root));
    }
}
