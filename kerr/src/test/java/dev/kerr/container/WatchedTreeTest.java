package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.image.DirectoryTree;
import dev.kerr.image.MapTree;
import dev.kerr.linux.Inputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedTreeTest {
    @TempDir
    Path directory = Path.of("");

    private final Inputs inputs = new Inputs();

    private List<String> records() {
        return List.of(new String(inputs.encode(), StandardCharsets.UTF_8).split("\0"));
    }

    @Test
    void what_is_looked_at_in_a_tree_is_an_input() throws Exception {
        var tree = new WatchedTree(
                new MapTree()
                        .directory("/d", 0755)
                        .file("/d/f", "text")
                        .link("/l", "d")
                        .device("/dev/null"),
                "",
                inputs);
        for (String path : List.of("/d", "/d/f", "/l", "/dev/null", "/none", "/d")) {
            tree.node(path);
        }
        assertThat(tree.read("/d/f", 10)).hasSize(4);
        assertThat(records())
                .startsWith("nd/d", "nf/d/f", "nl/l", "no/dev/null", "n-/none")
                .hasSize(6);
        assertThat(inputs.areAll()).isTrue();
    }

    @Test
    void files_are_there_or_not() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        inputs.content(file);
        inputs.content(link);
        inputs.content(directory);
        inputs.content(directory.resolve("none"));
        inputs.place(directory);
        assertThat(records())
                .containsExactly(
                        "cf" + file, "cf" + link, "co" + directory, "c-" + directory + "/none", "po" + directory);
    }

    @Test
    void what_has_changed_between_two_looks_is_not_all() {
        inputs.node("/x", '-');
        inputs.node("/x", '-');
        assertThat(inputs.areAll()).isTrue();
        inputs.node("/x", 'f');
        assertThat(inputs.areAll()).isFalse();
    }

    @Test
    void what_is_in_a_directory_is_no_input_that_could_be_held_against() throws Exception {
        assertThat(new WatchedTree(new DirectoryTree(directory), "", inputs).list("/"))
                .isEmpty();
        assertThat(inputs.areAll()).isFalse();
    }
}
