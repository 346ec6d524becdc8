package dev.kerr.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentityTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void a_file_is_itself_until_it_changes() throws IOException {
        Path file = Files.write(directory.resolve("a"), new byte[3]);
        var before = FileIdentity.of(file);
        assertThat(FileIdentity.of(file)).isEqualTo(before);
        assertThat(before.size()).isEqualTo(3);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1, 123_456_789)));
        assertThat(FileIdentity.of(file).modifiedNanos()).isEqualTo(1_123_456_789L);
        assertThat(FileIdentity.of(file)).isNotEqualTo(before);
    }

    @Test
    void a_copy_is_another_file() throws IOException {
        Path file = Files.write(directory.resolve("a"), new byte[3]);
        Path copy = Files.copy(file, directory.resolve("b"));
        assertThat(FileIdentity.of(copy).inode())
                .isNotEqualTo(FileIdentity.of(file).inode());
    }
}
