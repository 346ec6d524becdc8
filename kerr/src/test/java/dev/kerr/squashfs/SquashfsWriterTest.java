package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Entry.Directory;
import dev.kerr.squashfs.Entry.HardLink;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.Entry.Symlink;
import dev.kerr.squashfs.SquashfsWriter.Written;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SquashfsWriterTest {
    private static final Metadata PLAIN = new Metadata(0644, 0, 0, 1_700_000_000);
    private static final WriterSettings SETTINGS = WriterSettings.usual(42).withBlockSize(4096);

    @TempDir
    Path directory;

    @Test
    void directories_that_no_entry_describes_belong_to_root() throws IOException {
        assertThat(listing(file("a/b/c", 3)))
                .startsWith(" DIRECTORY 755 0:0 42 ", "a DIRECTORY 755 0:0 42 ", "a/b DIRECTORY 755 0:0 42 ")
                .hasSize(4);
    }

    @Test
    void a_directory_may_come_after_what_is_in_it() throws IOException {
        assertThat(listing(file("a/b", 3), new Directory("a", new Metadata(0700, 5, 6, 7))))
                .contains("a DIRECTORY 700 5:6 7 ");
    }

    @Test
    void a_hard_link_may_come_before_its_target_and_lead_to_another() throws IOException {
        List<String> listing = listing(new HardLink("a", "b"), new HardLink("b", "d/c"), file("d/c", 3));
        assertThat(listing)
                .filteredOn(line -> line.endsWith("names [a,\\x20b,\\x20d/c]"))
                .hasSize(3);
    }

    @Test
    void trees_that_cannot_be_are_refused() {
        assertRefused("cannot pack a: it comes twice", file("a", 1), file("a", 2));
        assertRefused("cannot pack the tree: it comes twice", root(), root());
        assertRefused("cannot pack a/b: a is not a directory", file("a", 1), file("a/b", 1));
        assertRefused("cannot pack a: it is not a directory, but there are files in it", file("a/b", 1), file("a", 1));
        assertRefused("cannot pack a: hard link to b, which is not there", new HardLink("a", "b"));
        assertRefused(
                "cannot pack a: hard link to d, which is a directory",
                new HardLink("a", "d"),
                new Directory("d", PLAIN));
        assertRefused(
                "cannot pack a: hard link that leads back to itself", new HardLink("a", "b"), new HardLink("b", "a"));
        assertRefused(
                "cannot pack a: target of a symbolic link is not 1 to 4095 bytes without NUL",
                new Symlink("a", PLAIN, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "a/", "a//b", ".", "..", "a/../b", "a\0b", "\u0142"})
    void paths_that_are_none_are_refused(String path) {
        assertThatExceptionOfType(InvalidTreeException.class).isThrownBy(() -> listing(file(path, 1)));
    }

    @Test
    void long_names_and_paths_are_refused() throws IOException {
        assertThat(listing(file("n".repeat(255), 1))).hasSize(2);
        assertRefused("cannot pack " + "n".repeat(256) + ": name longer than 255 bytes", file("n".repeat(256), 1));
        assertThat(listing(file("d/".repeat(2047) + "e", 1))).hasSize(2049);
        String path = "d/".repeat(2047) + "ef";
        assertRefused("cannot pack " + path + ": path longer than 4095 bytes", file(path, 1));
    }

    @Test
    void names_in_messages_are_readable() {
        assertRefused(
                "cannot pack caf\u00e9 ??: it comes twice",
                file("caf\u00c3\u00a9 \n\u00ff", 1),
                file("caf\u00c3\u00a9 \n\u00ff", 1));
    }

    @Test
    void more_than_65535_ids_are_refused() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i < 65_535; i++) {
            entries.add(new Entry.Fifo("f" + i, new Metadata(0, i, 0, 0)));
        }
        Path image = write(entries, SETTINGS);
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.superblock().idCount()).isEqualTo(65_535);
            assertThat(Images.find(reader, "f65534").orElseThrow().attributes().uid())
                    .isEqualTo(65_534);
        }
        entries.add(new Entry.Fifo("x", new Metadata(0, 65_535, 0, 0)));
        assertThatExceptionOfType(InvalidTreeException.class)
                .isThrownBy(() -> write(entries, SETTINGS))
                .withMessage("cannot pack x: its files have more than 65535 different user and group ids,"
                        + " and SquashFS has room for no more");
    }

    @Test
    void times_that_do_not_fit_become_the_nearest_that_do() throws IOException {
        assertThat(listing(
                        new Directory("", new Metadata(0, 0, 0, -5)),
                        new Directory("later", new Metadata(0, 0, 0, 1L << 40))))
                .containsExactly(" DIRECTORY 0 0:0 0 ", "later DIRECTORY 0 0:0 4294967295 ");
    }

    @Test
    void attributes_that_do_not_fit_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(010000, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(0, -1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(0, 0, 1L << 32, 0));
        var acl = new TreeMap<String, byte[]>();
        acl.put("system.posix_acl_access", new byte[1]);
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(0, 0, 0, 0, acl));
        var nameless = new TreeMap<String, byte[]>();
        nameless.put("user.", new byte[1]);
        assertThatIllegalArgumentException().isThrownBy(() -> new Metadata(0, 0, 0, 0, nameless));
    }

    @Test
    void long_values_of_attributes_are_stored_once() throws IOException {
        byte[] large = new byte[60_000];
        new Random(1).nextBytes(large);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            var xattrs = new TreeMap<String, byte[]>();
            xattrs.put("user.large", large);
            xattrs.put("user.number", new byte[] {(byte) i, 0});
            entries.add(new Directory("d" + i, new Metadata(0755, 0, 0, 0, xattrs)));
        }
        Path image = write(entries, SETTINGS);
        assertThat(Files.size(image)).isLessThan(2 * 60_000);
        assertThat(read(image)).filteredOn(line -> line.contains("user.large=")).hasSize(50);
    }

    @ParameterizedTest
    @EnumSource
    void equal_contents_are_stored_once(Tails tails) throws IOException {
        byte[] noise = noise(50_000);
        byte[] little = noise(3000);
        List<Entry> once = List.of(file("a", noise), file("b", little), file("c", 1));
        List<Entry> often = new ArrayList<>(once);
        for (int i = 0; i < 20; i++) {
            often.add(file("more" + i, noise.clone()));
            often.add(file("less" + i, little.clone()));
        }
        Path small = write(once, SETTINGS.with(tails));
        Path large = write(often, SETTINGS.with(tails));
        assertThat(Files.size(large)).isLessThan(Files.size(small) + 8192);
        assertThat(read(large)).filteredOn(line -> line.contains("FILE")).hasSize(43);
    }

    @Test
    void what_was_given_up_again_is_cut_off() throws IOException {
        byte[] noise = noise(1_000_000);
        Path image = write(List.of(file("a", noise), file("b", noise)), SETTINGS);
        assertThat(Files.size(image)).isBetween(1_000_000L, 1_020_000L).matches(size -> size % 4096 == 0);
    }

    @Test
    void zeros_are_holes() throws IOException {
        byte[] holes = new byte[4096 * 10 + 100];
        holes[5000] = 1;
        Path image = write(List.of(file("a", holes), file("b", new byte[4096 * 300])), SETTINGS);
        assertThat(Files.size(image)).isEqualTo(4096);
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.read(Images.file(reader, "a"), 100_000)).isEqualTo(holes);
            assertThat(reader.bytesWithoutHoles(Images.file(reader, "a"))).isEqualTo(4096);
            assertThat(reader.bytesWithoutHoles(Images.file(reader, "b"))).isZero();
            assertThat(reader.read(Images.file(reader, "b"), 4096 * 300)).containsOnly(0);
        }
    }

    @Test
    void a_file_system_is_written_inside_a_file_and_nothing_else_is_touched() throws IOException {
        Path image = directory.resolve("inside");
        byte[] before = noise(500_000);
        Files.write(image, before);
        Written written;
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            written = SquashfsWriter.write(out, 12_345, source(file("a", noise(100_000)), file("b", 5)), SETTINGS);
            try (SquashfsReader reader = SquashfsReader.open(out, 12_345, written.size())) {
                assertThat(TreeListing.of(new SquashfsSource(reader))).hasSize(3);
                assertThat(reader.superblock()).isEqualTo(written.superblock());
            }
        }
        assertThat(written.size()).isEqualTo((written.superblock().bytesUsed() + 4095) / 4096 * 4096);
        byte[] after = Files.readAllBytes(image);
        assertThat(after).hasSameSizeAs(before);
        assertThat(Arrays.equals(after, 0, 12_345, before, 0, 12_345)).isTrue();
        int end = (int) (12_345 + written.size());
        assertThat(Arrays.equals(after, end, after.length, before, end, before.length))
                .isTrue();
    }

    @Test
    void contents_that_can_be_read_only_once_and_in_order_are() throws IOException {
        var order = new ArrayList<String>();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String path = "f" + i;
            byte[] bytes = noise(i * 97 % 9000);
            entries.add(new RegularFile(path, PLAIN, bytes.length, () -> {
                order.add(path);
                return new Content.StreamReader(new ByteArrayInputStream(bytes));
            }));
        }
        var given = new ArrayList<String>();
        var left = entries.iterator();
        EntrySource source = () -> {
            assertThat(order).isEqualTo(given);
            if (!left.hasNext()) {
                return Optional.empty();
            }
            var file = (RegularFile) left.next();
            if (file.size() > 0) {
                given.add(file.path());
            }
            return Optional.of(file);
        };
        Path image = write(source, SETTINGS);
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            for (int i = 0; i < 300; i++) {
                assertThat(reader.read(Images.file(reader, "f" + i), 9000)).isEqualTo(noise(i * 97 % 9000));
            }
        }
    }

    @Test
    void a_file_that_is_shorter_than_it_said_is_an_error() {
        for (int size : new int[] {11, 5000, 100_000}) {
            Entry entry = new RegularFile("a", PLAIN, size, Content.of(new byte[size - 1]));
            assertRefused(
                    "cannot pack a: file is shorter than its " + size + " bytes: does something change it?", entry);
        }
    }

    @Test
    void an_error_of_a_content_on_another_thread_is_the_writers() {
        Content failing = new Content() {
            @Override
            public ContentReader open() throws IOException {
                throw new IOException("no such luck");
            }

            @Override
            public boolean isIndependent() {
                return true;
            }
        };
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> listing(new RegularFile("a", PLAIN, 10, failing)))
                .withMessage("no such luck");
    }

    @Test
    void progress_adds_up() throws IOException {
        var read = new AtomicLong();
        var written = new AtomicLong();
        Path image = write(
                List.of(file("a", noise(100_000)), file("b", 5), file("c", new byte[40_000])),
                SETTINGS.with((in, out) -> {
                    read.addAndGet(in);
                    written.addAndGet(out);
                }));
        assertThat(read).hasValue(140_005);
        assertThat(written.get()).isBetween(100_000L, Files.size(image));
    }

    @Test
    void the_superblock_says_how_it_was_made() throws IOException {
        assertThat(superblock("none", Tails.OWN_BLOCKS).flags()).isEqualTo(0x9db);
        assertThat(superblock("gzip:9", Tails.SHARED_BY_SMALL_FILES).flags()).isEqualTo(0xc0);
        assertThat(superblock("gzip:1", Tails.SHARED).flags()).isEqualTo(0x4e0);
        assertThat(superblock("zstd:15", Tails.SHARED_BY_SMALL_FILES).flags()).isEqualTo(0xc0);
        assertThat(superblock("lz4", Tails.SHARED_BY_SMALL_FILES).flags()).isEqualTo(0x4c0);
        assertThat(superblock("xz", Tails.SHARED_BY_SMALL_FILES).flags()).isEqualTo(0xc0);
        assertThat(superblock("xz", Tails.SHARED).modifiedSeconds()).isEqualTo(42);
    }

    @Test
    void what_a_superblock_encodes_it_decodes() throws IOException {
        Path image = write(List.of(file("a", 100)), SETTINGS);
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(image), Superblock.SIZE);
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(reader.superblock().encode()).isEqualTo(bytes);
        }
    }

    @Test
    void settings_out_of_range_are_refused() {
        for (int blockSize : new int[] {0, 2048, 5000, 2 << 20, -4096}) {
            assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withBlockSize(blockSize));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> SETTINGS.withThreads(0));
        assertThatIllegalArgumentException().isThrownBy(() -> WriterSettings.usual(-1));
    }

    @Test
    void a_change_of_entries_leaves_out_and_renames() throws IOException {
        EntrySource changed = source(file("a", 1), file("b", 2), new Directory("c", PLAIN))
                .changed(entry -> switch (entry) {
                    case RegularFile file when file.path().equals("a") -> Optional.empty();
                    case Entry.Original original ->
                        Optional.of(original.with(original.metadata().ownedBy(7, 8)));
                    case HardLink link -> Optional.of(link);
                });
        assertThat(read(write(changed, SETTINGS)))
                .filteredOn(line -> line.contains("7:8"))
                .hasSize(2);
    }

    private Superblock superblock(String compression, Tails tails) throws IOException {
        var setting = CompressionSetting.parse(compression).orElseThrow();
        Path image = write(List.of(file("a", 100)), SETTINGS.with(setting).with(tails));
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return reader.superblock();
        }
    }

    private static RegularFile file(String path, int size) {
        return file(path, noise(size));
    }

    private static RegularFile file(String path, byte[] content) {
        return new RegularFile(path, PLAIN, content);
    }

    private static Directory root() {
        return new Directory("", PLAIN);
    }

    private static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        return noise;
    }

    private static EntrySource source(Entry... entries) {
        return EntrySource.of(List.of(entries));
    }

    private void assertRefused(String message, Entry... entries) {
        assertThatExceptionOfType(InvalidTreeException.class)
                .isThrownBy(() -> listing(entries))
                .withMessage(message);
    }

    private List<String> listing(Entry... entries) throws IOException {
        return read(write(List.of(entries), SETTINGS));
    }

    private static List<String> read(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return TreeListing.of(new SquashfsSource(reader));
        }
    }

    private Path write(List<Entry> entries, WriterSettings settings) throws IOException {
        return write(EntrySource.of(entries), settings);
    }

    private Path write(EntrySource source, WriterSettings settings) throws IOException {
        Path image = Files.createTempFile(directory, "image", ".squashfs");
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, source, settings);
        }
        return image;
    }
}
