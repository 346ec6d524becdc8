package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.cache.Cache;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCacheTest {
    private static final long LARGE = StepCache.MOST_BYTES / 5 * 2;

    @TempDir
    Path directory = Path.of("");

    @Test
    void what_no_build_has_used_for_long_goes() throws IOException {
        Path old = kept("old", 1, Duration.ofDays(31));
        Path recent = kept("recent", 1, Duration.ofDays(29));
        new StepCache(new Cache(directory), new RecordingLog()).forget();
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        assertThat(record(old)).doesNotExist();
        assertThat(record(recent)).exists();
    }

    @Test
    void where_there_is_too_much_what_was_used_last_stays() throws IOException {
        Path first = kept("c", LARGE, Duration.ofDays(3));
        Path second = kept("a", LARGE, Duration.ofDays(2));
        Path third = kept("b", LARGE, Duration.ofDays(1));
        new StepCache(new Cache(directory), new RecordingLog()).forget();
        assertThat(first).doesNotExist();
        assertThat(second).exists();
        assertThat(third).exists();
    }

    @Test
    void what_the_build_itself_has_used_stays_however_much_it_is() throws IOException {
        var cache = new StepCache(new Cache(directory), new RecordingLog());
        Path before = kept("before", 1, Duration.ofDays(1));
        Path one = kept("one", 2 * LARGE, Duration.ofSeconds(-5));
        Path other = kept("other", 2 * LARGE, Duration.ofSeconds(-5));
        cache.forget();
        assertThat(before).doesNotExist();
        assertThat(one).exists();
        assertThat(other).exists();
    }

    private Path kept(String name, long bytes, Duration ago) throws IOException {
        Path file = Files.createDirectories(directory.resolve("step")).resolve(name);
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
        Files.writeString(record(file), "");
        Files.getFileAttributeView(file, BasicFileAttributeView.class)
                .setTimes(null, FileTime.from(Instant.now().minus(ago)), null);
        return file;
    }

    private static Path record(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".made");
    }
}
