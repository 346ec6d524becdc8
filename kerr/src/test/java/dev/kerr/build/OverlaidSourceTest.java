package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.FileOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlaidSourceTest {
    @TempDir
    Path directory = Path.of("");

    private Path upper = Path.of("");
    private Path lower = Path.of("");

    @BeforeEach
    void makeTrees() throws IOException {
        upper = Files.createDirectory(directory.resolve("upper"));
        lower = Files.createDirectory(directory.resolve("lower"));
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (var source = OverlaidSource.open(upper, lower, FileOrder.NONE)) {
            for (var entry = source.next(); entry.isPresent(); entry = source.next()) {
                entries.add(entry.get());
            }
        }
        return entries;
    }

    /// What each path is: the size of a file, the permissions of a directory, the target of a link.
    private Map<String, String> seen() throws IOException {
        Map<String, String> seen = new TreeMap<>();
        for (Entry entry : entries()) {
            String what = switch (entry) {
                case Entry.Directory made ->
                    Integer.toOctalString(made.metadata().permissions());
                case Entry.RegularFile file -> file.size() + " bytes";
                case Entry.Symlink link -> "-> " + link.target();
                case Entry.HardLink link -> "is " + link.target();
                default -> entry.toString();
            };
            assertThat(seen.put(entry.path(), what)).as(entry.path()).isNull();
        }
        return seen;
    }

    @Test
    void the_upper_tree_s_files_count_and_the_lower_one_s_directories() throws IOException {
        write(lower, "etc/hosts", "lower");
        write(lower, "etc/passwd", "123");
        Files.setPosixFilePermissions(lower.resolve("etc"), PosixFilePermissions.fromString("rwx------"));
        write(upper, "etc/hosts", "");
        Files.setPosixFilePermissions(upper.resolve("etc"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(upper.resolve("dev"));
        assertThat(seen())
                .containsEntry("etc", "700")
                .containsEntry("etc/hosts", "0 bytes")
                .containsEntry("etc/passwd", "3 bytes")
                .containsKeys("", "dev")
                .hasSize(5);
    }

    @Test
    void of_metadata_nothing_shows_through() throws IOException {
        write(lower, ".singularity.d/labels.json", "old");
        write(lower, ".singularity.d/odd/file", "old");
        write(lower, ".build.labels", "old");
        write(upper, ".singularity.d/labels.json", "new one");
        assertThat(seen())
                .containsOnlyKeys("", ".singularity.d", ".singularity.d/labels.json")
                .containsEntry(".singularity.d/labels.json", "7 bytes");
    }

    @Test
    void a_link_of_the_lower_tree_in_the_place_of_metadata_is_hidden() throws IOException {
        Files.createSymbolicLink(lower.resolve(".singularity.d"), Path.of("/etc"));
        write(upper, ".singularity.d/runscript", "x");
        assertThat(seen()).containsOnlyKeys("", ".singularity.d", ".singularity.d/runscript");
    }

    @Test
    void another_name_of_a_hidden_file_is_a_file() throws IOException {
        write(lower, "a/hosts", "lower");
        Files.createDirectory(lower.resolve("etc"));
        Files.createLink(lower.resolve("etc/hosts"), lower.resolve("a/hosts"));
        Files.createLink(lower.resolve("z"), lower.resolve("a/hosts"));
        write(upper, "etc/hosts", "above");
        assertThat(seen())
                .containsEntry("etc/hosts", "5 bytes")
                .containsEntry("z", "5 bytes")
                .containsEntry("a/hosts", "is z");
    }

    @Test
    void the_upper_tree_comes_first() throws IOException {
        write(lower, "bin/sh", "");
        write(upper, ".singularity.d/runscript", "");
        assertThat(entries().getFirst().path()).isEqualTo(".singularity.d/runscript");
    }
}
