package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MksquashfsTest {
    @TempDir
    Path directory;

    private static byte[] superblock(long used) {
        return ByteBuffer.allocate(4096)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x73717368)
                .putLong(40, used)
                .array();
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("image"), content);
    }

    @Test
    void a_file_as_long_as_its_superblock_says_is_whole() throws IOException {
        Path file = file(superblock(4096));
        assertThatCode(() -> Mksquashfs.verify(file)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {4097, 0, -1, Long.MAX_VALUE, 95})
    void a_file_that_is_not_as_long_as_its_superblock_says_is_refused(long used) throws IOException {
        Path file = file(superblock(used));
        assertThatThrownBy(() -> Mksquashfs.verify(file))
                .hasMessage("the image's file system was not written completely");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 95})
    void a_file_without_a_whole_superblock_is_refused(int length) throws IOException {
        Path file = file(Arrays.copyOf(superblock(96), length));
        assertThatThrownBy(() -> Mksquashfs.verify(file))
                .hasMessage("the image's file system was not written completely");
    }

    @Test
    void a_file_of_another_kind_is_refused() throws IOException {
        Path file = file(new byte[4096]);
        assertThatThrownBy(() -> Mksquashfs.verify(file))
                .hasMessage("the image's file system was not written completely");
    }

    @Test
    void a_failure_of_the_program_is_told() throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path program = Files.writeString(bin.resolve("mksquashfs"), "#!/bin/sh\nexit 1\n");
        program.toFile().setExecutable(true);
        RecordingRunner runner = new RecordingRunner().failing("pack.sh");
        var writer = new Mksquashfs(runner, Map.of("PATH", bin.toString()), List.of(), new RecordingLog());
        assertThatThrownBy(() -> writer.write(directory, directory.resolve("out")))
                .hasMessage("cannot write the image's file system: mksquashfs: exit status 1");
    }
}
