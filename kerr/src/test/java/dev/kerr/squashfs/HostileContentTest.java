package dev.kerr.squashfs;

import static dev.kerr.squashfs.ForgedSquashfs.NONE;
import static dev.kerr.squashfs.ForgedSquashfs.deflated;
import static dev.kerr.squashfs.ForgedSquashfs.littleEndian;
import static dev.kerr.squashfs.ForgedSquashfs.packed;
import static dev.kerr.squashfs.ForgedSquashfs.withOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files whose content is not where it should be, or would be more than there is room for. Families of hostile input
/// are numbered as in [HostileSquashfsTest].
@Timeout(60)
class HostileContentTest {
    /// In a packed size: the block is stored as it is.
    private static final int STORED = 1 << 24;

    @TempDir
    Path directory;

    // B-048
    @Test
    void a_fragment_block_that_unpacks_to_more_than_a_block_is_refused() throws IOException {
        byte[] bomb = deflated(new byte[1 << 20]);
        assertRefused(
                inFragment(0, 0, 10).content(bomb).fragment(96, bomb.length), "zlib block holds more than it may");
    }

    // B-048
    @ParameterizedTest
    @CsvSource({
        "96, 0, fragment block of 0 bytes",
        "96, 0x01000000, fragment block of 0 bytes",
        "96, 4097, fragment block of 4097 bytes",
        "96, -1, fragment block of",
        "1000000, 0x01000010, lies outside its",
        "-1, 0x01000010, lies outside its",
        "0x7fffffffffffffff, 0x01000010, lies outside its"
    })
    void a_fragment_block_that_cannot_be_is_refused(String position, String size, String message) throws IOException {
        assertRefused(
                inFragment(0, 0, 10)
                        .content(new byte[16])
                        .fragment(Long.decode(position), Long.decode(size).intValue()),
                message);
    }

    // B-048
    @Test
    void a_list_of_fragments_that_points_nowhere_is_refused() throws IOException {
        var forged = inFragment(0, 0, 10).set(Superblock.FRAGMENT_COUNT_AT, 4, 1);
        // The list lies where the block of ids does.
        assertRefused(forged.set(Superblock.FRAGMENT_TABLE_AT, 8, 188), "position outside the fragment table");
    }

    // B-051
    @Test
    void a_fragment_s_index_that_is_the_count_is_refused() throws IOException {
        assertRefused(
                inFragment(1, 0, 10).content(new byte[16]).fragment(96, STORED | 16), "fragment 1 is not one of 1");
        assertRefused(
                inFragment(0xffff_fffeL, 0, 10).content(new byte[16]).fragment(96, STORED | 16),
                "fragment 4294967294 is not one of 1");
    }

    // B-051
    @ParameterizedTest
    @CsvSource({
        "17, 1, outside fragment 0",
        "7, 10, outside fragment 0",
        "4095, 1, outside fragment 0",
        "4090, 10, outside its fragment",
        "4294967295, 10, outside its fragment",
        "2147483647, 1, outside its fragment"
    })
    void an_end_of_a_file_behind_its_fragment_is_refused(long offset, long size, String message) throws IOException {
        assertRefused(inFragment(0, offset, size).content(new byte[16]).fragment(96, STORED | 16), message);
    }

    // B-051
    @Test
    void an_end_of_a_file_at_the_end_of_its_fragment_is_read() throws IOException {
        var forged = inFragment(0, 6, 10).content(new byte[16]).fragment(96, STORED | 16);
        assertThat(read(forged)).hasSize(10);
    }

    // B-060
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 1L << 62, 1L << 43})
    void a_file_of_exabytes_without_a_list_of_blocks_ends_where_the_list_does(long size) throws IOException {
        assertRefused(withOne(2, f -> extended(f, 0, size, NONE)), "the inode table ends too early");
    }

    // B-060
    @Test
    void holes_of_exabytes_are_read_as_zeros_and_take_no_memory() throws IOException {
        // 64 blocks of metadata that are a few bytes each: a list of 131,072 blocks, all holes.
        var inodes = new ByteArrayOutputStream();
        for (int i = 0; i < 64; i++) {
            inodes.writeBytes(packed(new byte[8192]));
        }
        var forged = withOne(2, f -> extended(f, 0, Long.MAX_VALUE, NONE)).inodesBehind(inodes.toByteArray());
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size());
                InputStream in = reader.open(Images.file(reader, "name"))) {
            in.skipNBytes(64L * 2048 * 4096);
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> in.skipNBytes(Long.MAX_VALUE))
                    .withMessageContaining("the inode table ends too early");
        }
    }

    // B-060
    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 1L << 40, Long.MAX_VALUE})
    void content_that_begins_behind_the_end_is_refused(long start) throws IOException {
        assertRefused(withOne(2, f -> extended(f, start, 4096, NONE, 16)), "begins outside the file system");
    }

    // B-060
    @Test
    void negative_sizes_and_starts_are_refused() throws IOException {
        assertRefused(withOne(2, f -> extended(f, 0, -1, NONE)), "negative size or start");
        assertRefused(withOne(2, f -> extended(f, -1, 10, NONE)), "negative size or start");
        assertRefused(withOne(2, f -> extended(f, Long.MIN_VALUE, Long.MIN_VALUE, NONE)), "negative size or start");
    }

    // B-060
    @Test
    void blocks_that_run_behind_the_end_one_by_one_are_refused() throws IOException {
        int[] sizes = new int[1000];
        Arrays.fill(sizes, STORED | 4096);
        assertRefused(withOne(2, f -> f.file(2, 96, NONE, 0, 4096 * 1000, sizes)), "lies outside its");
    }

    // B-061
    @Test
    void a_data_block_that_unpacks_to_more_or_less_than_a_block_is_refused() throws IOException {
        assertRefused(block(deflated(new byte[4097])), "zlib block holds more than it may");
        assertRefused(block(deflated(new byte[1 << 24])), "bytes");
        assertRefused(block(deflated(new byte[4095])), "data block holds 4095 bytes instead of 4096");
        assertRefused(block(deflated(new byte[0])), "data block holds 0 bytes instead of 4096");
        assertThat(read(block(deflated(new byte[4096])))).hasSize(4096);
    }

    // B-072
    @Test
    void an_image_that_is_cut_short_while_it_is_read_is_refused() throws IOException {
        Path image = directory.resolve("image");
        Files.copy(Images.resource("small-zstd.squashfs"), image);
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            var blocks = Images.file(reader, "bin/blocks");
            channel.truncate(100);
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> reader.read(blocks, 20_000))
                    .withMessageContaining("truncated file");
        }
    }

    // B-072
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "lz4", "zstd"})
    void an_image_that_changes_while_it_is_read_gives_values_or_is_refused(String compression) throws Exception {
        Path image = directory.resolve("image");
        byte[] bytes = Files.readAllBytes(Images.resource("small-" + compression + ".squashfs"));
        Files.write(image, bytes);
        var finished = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> scribble(image, bytes, finished));
        int refused = 0;
        try (FileChannel channel = FileChannel.open(image)) {
            for (int i = 0; i < 300; i++) {
                try {
                    Images.exercise(channel, 0, bytes.length);
                } catch (FormatException expected) {
                    refused++;
                }
            }
        } finally {
            finished.set(true);
            writer.join();
        }
        assertThat(refused).isBetween(0, 300);
    }

    /// Writes a few bytes of noise over the image, then what was there, over and over.
    private static void scribble(Path image, byte[] bytes, AtomicBoolean finished) {
        var random = new Random(1);
        byte[] noise = new byte[4];
        try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
            while (!finished.get()) {
                int at = random.nextInt(bytes.length - noise.length);
                random.nextBytes(noise);
                out.write(ByteBuffer.wrap(noise), at);
                Thread.onSpinWait();
                out.write(ByteBuffer.wrap(bytes, at, noise.length), at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A file `name` of `size` bytes, all in a fragment.
    private static ForgedSquashfs inFragment(long fragment, long offset, long size) {
        return withOne(2, f -> f.file(2, 0, fragment, offset, size));
    }

    /// A file `name` of one packed block of 4 KiB.
    private static ForgedSquashfs block(byte[] packed) {
        return withOne(2, f -> f.file(2, 96, NONE, 0, 4096, packed.length)).content(packed);
    }

    private static ForgedSquashfs extended(ForgedSquashfs forged, long start, long size, long fragment, int... blocks) {
        ByteBuffer rest = littleEndian(40 + 4 * blocks.length)
                .putLong(start)
                .putLong(size)
                .putLong(0)
                .putInt(1);
        rest.putInt((int) fragment).putInt(0).putInt((int) NONE);
        for (int block : blocks) {
            rest.putInt(block);
        }
        return forged.inode(9, 2, rest);
    }

    private byte[] read(ForgedSquashfs forged) throws IOException {
        try (FileChannel channel = forged.write(directory.resolve("image"));
                SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size())) {
            return reader.read(Images.file(reader, "name"), 1 << 20);
        }
    }

    private void assertRefused(ForgedSquashfs forged, String message) throws IOException {
        forged.assertRefused(directory.resolve("image"), message);
    }
}
