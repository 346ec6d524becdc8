package dev.kerr.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteRegionTest {
    @TempDir
    Path directory;

    @Test
    void positions_count_from_the_start_of_the_region() throws IOException {
        try (FileChannel channel = tenBytes()) {
            byte[] into = new byte[3];
            new ByteRegion(channel, 4, 5).read(1, into, 2, "field");
            assertThat(into).containsExactly(5, 6, 0);
        }
    }

    @Test
    void reading_outside_the_region_is_refused_with_the_offset_in_the_file() throws IOException {
        try (FileChannel channel = tenBytes()) {
            var region = new ByteRegion(channel, 4, 5);
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> region.read(3, new byte[3], 3, "field"))
                    .withMessage("field lies outside its 5 bytes at offset 7")
                    .satisfies(e -> assertThat(e.offset()).isEqualTo(7));
            assertThatExceptionOfType(FormatException.class).isThrownBy(() -> region.read(-1, new byte[1], 1, "field"));
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> region.read(Long.MAX_VALUE, new byte[1], 1, "field"));
        }
    }

    @Test
    void a_file_shorter_than_the_region_is_called_truncated() throws IOException {
        try (FileChannel channel = tenBytes()) {
            assertThatExceptionOfType(FormatException.class)
                    .isThrownBy(() -> new ByteRegion(channel, 4, 100).read(2, new byte[8], 8, "field"))
                    .withMessage("truncated file: field is cut short at offset 6");
        }
    }

    @Test
    void reading_some_stops_at_the_end_of_region_and_file() throws IOException {
        try (FileChannel channel = tenBytes()) {
            assertThat(new ByteRegion(channel, 4, 5).readSome(3, new byte[8], 8))
                    .isEqualTo(2);
            assertThat(new ByteRegion(channel, 4, 500).readSome(3, new byte[8], 8))
                    .isEqualTo(3);
            assertThat(new ByteRegion(channel, 4, 5).readSome(5, new byte[8], 8))
                    .isZero();
        }
    }

    @Test
    void a_region_that_ends_beyond_all_numbers_is_refused() throws IOException {
        try (FileChannel channel = tenBytes()) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ByteRegion(channel, 2, Long.MAX_VALUE - 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new ByteRegion(channel, -1, 1));
        }
    }

    private FileChannel tenBytes() throws IOException {
        Path file = directory.resolve("ten");
        Files.write(file, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        return FileChannel.open(file);
    }
}
