package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.compress.CompressionSetting.Zstd;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlierBlocksTest {
    private static final int BLOCK = 4096;
    private static final Metadata PLAIN = new Metadata(0644, 0, 0, 1_700_000_000);
    private static final WriterSettings SETTINGS =
            WriterSettings.usual(42).withBlockSize(BLOCK).withThreads(2);
    private static final int OPTIONS_LEVEL_AT = Superblock.SIZE + 2;

    private final Random random = new Random(7);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"zstd:3", "gzip:1", "gzip:9", "lz4", "xz", "none"})
    void what_is_written_with_them_is_what_is_written_without(String compression) throws IOException {
        for (Tails tails : Tails.values()) {
            WriterSettings settings = SETTINGS.with(
                            CompressionSetting.parse(compression).orElseThrow())
                    .with(tails);
            Map<String, byte[]> files = files();
            Path earlier = write(files, settings);
            for (int round = 0; round < 10; round++) {
                change(files);
                Path with = write(files, settings, earlier);
                assertThat(with).hasSameBinaryContentAs(write(files, settings));
                earlier = with;
            }
        }
    }

    @Test
    void a_block_that_is_the_same_is_taken_and_no_other() throws IOException {
        byte[] content = text(10 * BLOCK);
        Path harder = write(Map.of("a", content), SETTINGS.with(new Zstd(19)));
        Path earlier = named(harder, Zstd.DEFAULT_LEVEL); // its blocks can be told from those of the level that it says
        Path fresh = write(Map.of("a", content), SETTINGS);
        Path same = write(Map.of("a", content), SETTINGS, earlier);
        assertThat(blocks(same, 0)).isEqualTo(blocks(harder, 0)).isNotEqualTo(blocks(fresh, 0));
        content[5 * BLOCK] ^= 1;
        Path changed = write(Map.of("a", content), SETTINGS, earlier);
        for (int block = 0; block < 10; block++) {
            Path from = block == 5 ? write(Map.of("a", content), SETTINGS) : harder;
            assertThat(blocks(changed, block)).as("block " + block).isEqualTo(blocks(from, block));
        }
    }

    @Test
    void a_block_that_ends_of_files_share_is_taken_if_all_of_them_are_the_same() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            files.put(name, text(BLOCK / 2 - 100)); // two to a block
        }
        Path harder = write(files, SETTINGS.with(new Zstd(19)));
        Path earlier = named(harder, Zstd.DEFAULT_LEVEL);
        files.put("d", text(BLOCK / 2 - 100));
        Path fresh = write(files, SETTINGS);
        Path changed = write(files, SETTINGS, earlier);
        assertThat(shared(changed, "a")).isEqualTo(shared(harder, "a")).isNotEqualTo(shared(fresh, "a"));
        assertThat(shared(changed, "c")).isEqualTo(shared(fresh, "c")).isNotEqualTo(shared(harder, "c"));
        assertThat(shared(changed, "e")).isEqualTo(shared(harder, "e")).isNotEqualTo(shared(fresh, "e"));
        files.put("ab", text(10)); // what comes behind it falls into step again
        assertThat(shared(write(files, SETTINGS, earlier), "e")).isEqualTo(shared(harder, "e"));
    }

    @Test
    void a_file_system_that_is_damaged_does_no_harm() throws IOException {
        Map<String, byte[]> files = files();
        Path earlier = write(files, SETTINGS);
        List<String> listing = listing(earlier);
        byte[] whole = Files.readAllBytes(earlier);
        for (int round = 0; round < 200; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int i = 0; i < 1 + random.nextInt(30) && damaged.length > 0; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(earlier, damaged);
            assertThat(listing(write(files, SETTINGS, earlier))).isEqualTo(listing);
        }
    }

    @Test
    void there_are_none_where_another_way_of_packing_is_wanted_or_nothing_is_there() throws IOException {
        Path earlier = write(Map.of("a", text(3 * BLOCK)), SETTINGS);
        assertThat(EarlierBlocks.open(earlier, SETTINGS).of("a").next()).isPresent();
        assertThat(EarlierBlocks.open(earlier, SETTINGS).of("b").next()).isEmpty();
        assertThat(EarlierBlocks.open(earlier, SETTINGS).sharedFrom("a")).isEmpty();
        for (var other : List.of(
                SETTINGS.with(new Zstd(4)),
                SETTINGS.with(new Zstd(15)),
                SETTINGS.with(new CompressionSetting.Xz()),
                SETTINGS.with(new CompressionSetting.None()),
                SETTINGS.withBlockSize(2 * BLOCK))) {
            assertThat(EarlierBlocks.open(earlier, other)).isSameAs(EarlierBlocks.NONE);
        }
        assertThat(EarlierBlocks.open(directory.resolve("none"), SETTINGS)).isSameAs(EarlierBlocks.NONE);
        assertThat(EarlierBlocks.open(directory, SETTINGS)).isSameAs(EarlierBlocks.NONE);
    }

    /// Some that pack well, some that do not, with holes, large and small.
    private Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            files.put("file-" + i, content());
        }
        return files;
    }

    private byte[] content() {
        byte[] content = text(random.nextInt(12 * BLOCK));
        for (int at = 0; at + BLOCK <= content.length; at += BLOCK) {
            if (random.nextInt(4) == 0) {
                Arrays.fill(content, at, at + BLOCK, (byte) 0);
            } else if (random.nextInt(3) == 0) {
                byte[] noise = new byte[BLOCK];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, content, at, BLOCK);
            }
        }
        return content;
    }

    private byte[] text(int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ('a' + random.nextInt(random.nextInt(1, 26)));
        }
        return text;
    }

    private void change(Map<String, byte[]> files) {
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            String name = file.getKey();
            byte[] content = file.getValue();
            switch (random.nextInt(8)) {
                case 0 -> files.put(name, Arrays.copyOf(content, random.nextInt(content.length + 1)));
                case 1 -> files.put(name, Arrays.copyOf(content, content.length + random.nextInt(2 * BLOCK)));
                case 2 -> {
                    files.remove(name);
                    files.put(name + "-new", content);
                }
                case 3 -> files.put(name, content());
                case 4 -> {
                    byte[] other = content.clone();
                    if (other.length > 0) {
                        other[random.nextInt(other.length)]++;
                    }
                    files.put(name, other);
                }
                default -> {}
            }
        }
    }

    private Path write(Map<String, byte[]> files, WriterSettings settings) throws IOException {
        return write(files, settings, EarlierBlocks.NONE);
    }

    private Path write(Map<String, byte[]> files, WriterSettings settings, Path earlier) throws IOException {
        try (var blocks = EarlierBlocks.open(earlier, settings)) {
            return write(files, settings, blocks);
        }
    }

    private Path write(Map<String, byte[]> files, WriterSettings settings, EarlierBlocks earlier) throws IOException {
        var entries = new ArrayList<Entry>();
        new TreeMap<>(files)
                .forEach((name, content) -> entries.add(new RegularFile(
                        name,
                        PLAIN,
                        content.length,
                        () -> new Content.StreamReader(new ByteArrayInputStream(content)))));
        Path image = Files.createTempFile(directory, "image", ".squashfs");
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, EntrySource.of(entries), settings, earlier);
        }
        return image;
    }

    private Path named(Path image, int level) throws IOException {
        Path copy = Files.copy(image, directory.resolve("named"));
        try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(new byte[] {(byte) level}), OPTIONS_LEVEL_AT);
        }
        return copy;
    }

    /// The packed block of the only file.
    private static byte[] blocks(Path image, int index) throws IOException {
        try (var blocks = EarlierBlocks.open(image, like(image))) {
            EarlierBlocks.Blocks all = blocks.of("a");
            all.skip(index);
            var block = all.next().orElseThrow();
            byte[] bytes = new byte[block.size()];
            block.read(bytes);
            return bytes;
        }
    }

    /// The packed block that ends of files share, of which that of `name` is the first.
    private static byte[] shared(Path image, String name) throws IOException {
        try (var blocks = EarlierBlocks.open(image, like(image))) {
            var block = blocks.sharedFrom(name).orElseThrow();
            byte[] bytes = new byte[block.size()];
            block.read(bytes);
            return bytes;
        }
    }

    private static WriterSettings like(Path image) throws IOException {
        return SETTINGS.with(new Zstd(Files.readAllBytes(image)[OPTIONS_LEVEL_AT]));
    }

    private static List<String> listing(Path image) throws IOException {
        try (FileChannel channel = FileChannel.open(image);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return TreeListing.of(new SquashfsSource(reader));
        }
    }
}
