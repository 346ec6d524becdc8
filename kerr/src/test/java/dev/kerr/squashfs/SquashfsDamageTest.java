package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damages real images in every place; any exception but an [IOException], or a hang, fails the test.
@Timeout(120)
class SquashfsDamageTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "lz4", "zstd"})
    void a_small_image_cut_at_any_byte_is_refused(String compression) throws IOException {
        byte[] image = Files.readAllBytes(Images.resource("small-" + compression + ".squashfs"));
        for (int length = 0; length < image.length; length++) {
            int cut = length;
            try (FileChannel channel = copy(image)) {
                channel.truncate(cut);
                assertThatExceptionOfType(FormatException.class)
                        .as("cut to %d, size unknown to the caller", cut)
                        .isThrownBy(() -> Images.exercise(channel, 0, cut));
                assertThatExceptionOfType(FormatException.class)
                        .as("cut to %d, size as it was", cut)
                        .isThrownBy(() -> Images.exercise(channel, 0, image.length));
            }
        }
    }

    @Test
    void an_apptainer_image_cut_at_every_97th_byte_of_its_tables_is_refused() throws IOException {
        byte[] image = partition();
        long tables = tablesAt(image);
        try (FileChannel channel = copy(image)) {
            for (long length = image.length; length >= tables; length -= 97) {
                if (length < bytesUsed(image)) {
                    channel.truncate(length);
                    assertThatExceptionOfType(FormatException.class)
                            .isThrownBy(() -> Images.exercise(channel, 0, image.length));
                }
            }
        }
    }

    // B-071
    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "xz", "lz4", "zstd"})
    void any_flipped_bit_of_a_small_image_gives_a_value_or_a_format_exception(String compression) throws IOException {
        byte[] image = Images.bytes("small-" + compression + ".squashfs");
        byte[] damaged = image.clone();
        int refused = 0;
        for (int at = 0; at < image.length; at++) {
            for (int mask = 1; mask < 0x100; mask <<= 1) {
                damaged[at] = (byte) (image[at] ^ mask);
                refused += exercise(damaged);
            }
            damaged[at] = (byte) ~image[at];
            refused += exercise(damaged);
            damaged[at] = image[at];
        }
        assertThat(refused).isGreaterThan(1000);
    }

    private static int exercise(byte[] image) throws IOException {
        try (var channel = new BytesChannel(image)) {
            Images.exercise(channel, 0, image.length);
            return 0;
        } catch (FormatException expected) {
            return 1;
        }
    }

    @Test
    void any_inverted_byte_of_an_apptainer_image_s_tables_gives_a_value_or_a_format_exception() throws IOException {
        byte[] image = partition();
        int refused = 0;
        try (FileChannel channel = copy(image)) {
            for (int at = 0; at < image.length; at++) {
                if (at == Superblock.SIZE) {
                    at = (int) tablesAt(image);
                }
                refused += exerciseTablesWith(channel, at, (byte) ~image[at], image.length);
                write(channel, at, image[at]);
            }
        }
        assertThat(refused).isPositive();
    }

    private static int exerciseTablesWith(FileChannel channel, int at, byte value, long size) throws IOException {
        write(channel, at, value);
        try (SquashfsReader reader = SquashfsReader.open(channel, 0, size)) {
            Images.listing(reader);
            return 0;
        } catch (FormatException expected) {
            return 1;
        }
    }

    private static void write(FileChannel channel, int at, byte value) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {value}), at);
    }

    private static byte[] partition() throws IOException {
        try (FileChannel channel = FileChannel.open(Images.resource("/images/busybox.sif"))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - 36864));
            channel.read(bytes, 36864);
            return bytes.array();
        }
    }

    private static long tablesAt(byte[] image) {
        return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(Superblock.INODE_TABLE_AT);
    }

    private static long bytesUsed(byte[] image) {
        return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(Superblock.BYTES_USED_AT);
    }

    private FileChannel copy(byte[] image) throws IOException {
        Path path = directory.resolve("image");
        Files.write(path, image);
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
