package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptMountsTest {
    private static final Instant USED = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path root;

    private KeptMounts mounts() {
        return new KeptMounts(root.resolve("mounts"));
    }

    @Test
    void there_are_none_where_no_build_has_had_one() throws Exception {
        assertThat(mounts().items()).isEmpty();
    }

    @Test
    void each_has_what_its_files_take_and_when_it_was_used() throws Exception {
        make("b", 3);
        Path one = make("a", 1000);
        assertThat(mounts().items()).hasSize(2);
        assertThat(mounts().items().getFirst()).isEqualTo(new KeptMounts.Item(one, 1000, USED));
    }

    @Test
    void those_go_that_are_named_and_no_others() throws Exception {
        make("a", 1);
        Path other = make("b", 1);
        mounts().remove(List.of(mounts().items().getFirst()), new RecordingRunner(), Map.of());
        assertThat(mounts().items())
                .singleElement()
                .satisfies(left -> assertThat(left.path()).isEqualTo(other));
    }

    private Path make(String name, int bytes) throws Exception {
        Path directory = root.resolve("mounts/" + name);
        Files.createDirectories(directory.resolve("deep"));
        Files.write(directory.resolve("deep/file"), new byte[bytes]);
        return Files.setLastModifiedTime(directory, FileTime.from(USED));
    }
}
