package dev.kerr.squashfs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trees that are large in one way, before the judges of [JudgesTest].
class LargeTreesTest {
    private static final Metadata PLAIN = new Metadata(0644, 0, 0, 1_700_000_000);

    /// `-Dkerr.large=true` takes minutes, and 10 GiB of disk.
    private static final boolean LARGE = Boolean.getBoolean("kerr.large");

    @TempDir
    Path directory;

    @BeforeAll
    static void all_judges() throws IOException {
        Judges.requireRoot();
        for (String judge : List.of("unsquashfs", "squashfuse_ll")) {
            assumeTrue(Judges.has(judge), judge + " is not installed");
        }
    }

    @Test
    void a_directory_of_100_000_files() throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            entries.add(new RegularFile("many/file number " + i * 7919L % 100_000, PLAIN, new byte[i % 5]));
        }
        judge(entries, WriterSettings.usual(0));
    }

    @Test
    void sparse_files_of_5_gib() throws Exception {
        long size = (5L << 30) + 12_345;
        var one = new RegularFile("a", PLAIN, size, () -> new Islands(size));
        var same = new RegularFile("b", PLAIN, size, () -> new Islands(size));
        judge(List.of(one), WriterSettings.usual(0).withBlockSize(4096));
        judge(List.of(one, same), WriterSettings.usual(0));
        if (LARGE) {
            judge(List.of(one), WriterSettings.usual(0).withBlockSize(1 << 20));
        }
    }

    @Test
    void contents_beyond_4_gib() throws Exception {
        assumeTrue(LARGE, "takes 10 GiB of disk: only with -Dkerr.large=true");
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int seed = i;
            long size = (1L << 30) + i;
            entries.add(new RegularFile("noise" + i, PLAIN, size, () -> new Noise(seed)));
        }
        entries.add(new RegularFile("z", PLAIN, new byte[] {1}));
        var none = new CompressionSetting.None();
        judge(entries, WriterSettings.usual(0).with(none).withBlockSize(1 << 20));
    }

    @Test
    void a_path_of_300_directories_with_long_names() throws Exception {
        String path = "d/".repeat(300) + "n".repeat(255) + "/" + "m".repeat(255) + "/bottom";
        judge(List.of(new RegularFile(path, PLAIN, new byte[] {1, 2, 3})), WriterSettings.usual(0));
    }

    /// Zeros with a little data now and then.
    private static final class Islands implements ContentReader {
        private static final long EVERY = 700L << 20;
        private final long size;
        private long position;

        Islands(long size) {
            this.size = size;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            int count = (int) Math.min(length, size - position);
            for (int i = 0; i < count; i++) {
                long at = position + i;
                into[from + i] = (byte) (at % EVERY > EVERY - 10 ? 1 + at / EVERY : 0);
            }
            position += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public long skipZeros(long most, int unit) {
            long toIsland = Math.max(0, EVERY - 10 - position % EVERY);
            long zeros = Math.min(most, toIsland);
            zeros -= zeros < most ? zeros % unit : 0;
            position += zeros;
            return zeros;
        }

        @Override
        public void close() {}
    }

    private static final class Noise implements ContentReader {
        private final Random random;

        Noise(int seed) {
            this.random = new Random(seed);
        }

        @Override
        public int read(byte[] into, int from, int length) {
            byte[] bytes = new byte[Math.min(length, 1 << 16)];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, into, from, bytes.length);
            return bytes.length;
        }

        @Override
        public void close() {}
    }

    private void judge(List<Entry> entries, WriterSettings settings) throws Exception {
        Path image = directory.resolve("image");
        Files.deleteIfExists(image);
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, EntrySource.of(entries), settings);
        }
        List<String> expected = files(TreeListing.of(EntrySource.of(entries)));
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            TreeListing.assertSame(files(TreeListing.of(new SquashfsSource(reader))), expected, "reader");
        }
        TreeListing.assertSame(files(Judges.byKernel(image, directory.resolve("mounted"))), expected, "kernel");
        TreeListing.assertSame(files(Judges.bySquashfuse(image, directory.resolve("fuse"))), expected, "squashfuse");
        Path unpacked = directory.resolve("unpacked");
        Judges.unsquash(image, unpacked);
        TreeListing.assertSame(files(TreeListing.of(DirectorySource.open(unpacked))), expected, "unsquashfs");
        Judges.run("rm", "-rf", unpacked.toString());
    }

    /// Without the directories, which no entry describes.
    private static List<String> files(List<String> lines) {
        return lines.stream().filter(line -> !line.contains(" DIRECTORY ")).toList();
    }
}
