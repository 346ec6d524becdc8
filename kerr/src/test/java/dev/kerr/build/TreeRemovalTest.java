package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void all_of_a_tree_goes_and_nothing_that_links_lead_to() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside/a/b"));
        Files.createFile(outside.resolve("file"));
        Path tree = Files.createDirectory(directory.resolve("tree"));
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 5; j++) {
                Path deep = Files.createDirectories(tree.resolve(i + "/" + j + "/deep/deeper"));
                Files.createFile(deep.resolve("file"));
                Files.createSymbolicLink(deep.resolve("link"), outside);
            }
            Files.createFile(tree.resolve(i + "/file"));
            Files.createSymbolicLink(tree.resolve(i + "/link"), outside);
        }
        Files.createSymbolicLink(tree.resolve("link"), directory.resolve("outside"));
        TreeRemoval.removeOwn(tree);
        assertThat(tree).doesNotExist();
        assertThat(outside.resolve("file")).exists();
    }

    @Test
    void a_link_a_file_and_nothing_at_all_are_trees_too() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        TreeRemoval.removeOwn(link);
        assertThat(link).doesNotExist();
        assertThat(file).exists();
        TreeRemoval.removeOwn(file);
        assertThat(file).doesNotExist();
        TreeRemoval.removeOwn(file);
    }
}
