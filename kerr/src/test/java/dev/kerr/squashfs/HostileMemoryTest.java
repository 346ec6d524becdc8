package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.kerr.bytes.FormatException;
import dev.kerr.compress.HostileBlocksTest;
import dev.kerr.squashfs.Entry.HardLink;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.RegularFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// Hostile images are read by a JVM that has 256 MiB: the families of [HostileSquashfsTest] once more, and trees that
/// are
/// large.
class HostileMemoryTest {
    private static final int MILLION = 1_000_000;
    private static final int DEPTH = 10_000;
    private static final int BLOCK = MetadataBlocks.BLOCK_SIZE;
    private static final Metadata PLAIN = new Metadata(0644, 0, 0, 1_700_000_000);

    /// Of the whole process, with the JVM's own and what unpackers take outside the heap.
    private static final long MOST_RESIDENT_KIB = 448 * 1024;

    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void all_families_are_refused_in_256_mib() throws Exception {
        assertThat(inSmallJvm("families")).contains("done");
    }

    // B-070
    @Test
    @Timeout(120)
    void a_directory_of_a_million_files_is_walked_and_looked_into_in_256_mib() throws Exception {
        Path image = write(IntStream.range(0, MILLION)
                .<Entry>mapToObj(i -> new RegularFile(name(i), PLAIN, new byte[0]))
                .iterator());
        assertThat(inSmallJvm("wide", image.toString())).contains("done");
    }

    // B-064
    @Test
    @Timeout(120)
    void a_file_of_a_million_names_is_one_file_in_256_mib() throws Exception {
        Path image = write(IntStream.range(0, MILLION)
                .<Entry>mapToObj(
                        i -> i == 0 ? new RegularFile(name(0), PLAIN, new byte[] {1}) : new HardLink(name(i), name(0)))
                .iterator());
        assertThat(inSmallJvm("wide", image.toString())).contains("done");
    }

    // B-070
    @Test
    @Timeout(120)
    void ten_thousand_directories_in_each_other_are_looked_into_but_not_walked() throws Exception {
        Path image = directory.resolve("image");
        deepDirectories().write(image).close();
        assertThat(inSmallJvm("deep", image.toString())).contains("done");
    }

    private static String name(int number) {
        return String.format("%07d", number);
    }

    private Path write(Iterator<Entry> entries) throws IOException {
        Path image = directory.resolve("image");
        var source = new EntrySource() {
            @Override
            public Optional<Entry> next() {
                return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
            }
        };
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, source, WriterSettings.usual(0));
        }
        return image;
    }

    /// Longer paths than our writer takes.
    @SuppressWarnings("ByteBufferBackingArray") // both are of littleEndian
    private static ForgedSquashfs deepDirectories() {
        int inodeBytes = 32;
        int listingBytes = 12 + 8 + 1;
        ByteBuffer inodes = ForgedSquashfs.littleEndian(inodeBytes * (DEPTH + 1));
        ByteBuffer entries = ForgedSquashfs.littleEndian(listingBytes * DEPTH);
        for (int i = 0; i <= DEPTH; i++) {
            inodes.putShort((short) 1)
                    .putShort((short) 0755)
                    .putInt(0)
                    .putInt(0)
                    .putInt(i + 1);
            inodes.putInt(block(i * listingBytes)).putInt(2).putShort((short) (i < DEPTH ? listingBytes + 3 : 3));
            inodes.putShort((short) (i < DEPTH ? i * listingBytes % BLOCK : 0)).putInt(i);
            if (i < DEPTH) {
                int child = (i + 1) * inodeBytes;
                entries.putInt(0).putInt(block(child)).putInt(i + 2);
                entries.putShort((short) (child % BLOCK)).putShort((short) 0).putShort((short) 1);
                entries.putShort((short) 0).put((byte) 'd');
            }
        }
        return new ForgedSquashfs()
                .set(Superblock.INODE_COUNT_AT, 4, DEPTH + 1)
                .inodeBlock(ForgedSquashfs.storedBlocks(inodes.array()))
                .entryBlock(ForgedSquashfs.storedBlocks(entries.array()));
    }

    /// Where the block with the byte at `position` is, when all are stored as they are.
    private static int block(int position) {
        return position / BLOCK * (2 + BLOCK);
    }

    private static String inSmallJvm(String... arguments) throws IOException, InterruptedException {
        String[] java = {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            HostileMemoryTest.class.getName()
        };
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(java), Stream.of(arguments)).toList())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /// The small JVM: does what the first argument says, and prints `done` if all was as it should be.
    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "families" -> families();
            case "wide" -> wide(Path.of(arguments[1]));
            default -> deep(Path.of(arguments[1]));
        }
        long resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
        assertThat(resident).isLessThan(MOST_RESIDENT_KIB);
        System.out.println("done, " + resident + " KiB");
    }

    private static void families() {
        var listener = new SummaryGeneratingListener();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(
                                HostileSquashfsTest.class,
                                HostileTreesTest.class,
                                HostileContentTest.class,
                                HostileXattrsTest.class,
                                HostileBlocksTest.class)
                        .map(type -> selectClass(type))
                        .toList())
                .build();
        LauncherFactory.create().execute(request, listener);
        listener.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        assertThat(listener.getSummary().getTotalFailureCount()).isZero();
        assertThat(listener.getSummary().getTestsSucceededCount()).isGreaterThan(100);
    }

    private static void wide(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(walk(reader)).isEqualTo(MILLION + 1);
            List<DirectoryEntry> listed = reader.list(reader.root());
            assertThat(listed).hasSize(MILLION);
            for (int i = 0; i < MILLION; i += 9973) {
                Inode.RegularFile file = Images.file(reader, name(i));
                assertThat(file.linkCount()).isEqualTo(reader.superblock().inodeCount() == 2 ? MILLION : 1);
            }
        }
    }

    private static void deep(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            assertThat(Images.find(reader, "d/".repeat(DEPTH - 1) + "d")).isPresent();
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> walk(reader))
                    .withMessageContaining("path longer than 4095 bytes");
        }
    }

    private static int walk(SquashfsReader reader) throws IOException {
        int entries = 0;
        TreeWalk walk = reader.walk(reader.root());
        while (walk.next().isPresent()) {
            entries++;
        }
        return entries;
    }
}
