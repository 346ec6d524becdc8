package dev.kerr.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {
    @TempDir
    Path directory = Path.of("");

    private DirectoryTree tree = new DirectoryTree(Path.of("/"));

    @BeforeEach
    void make_a_sandbox() throws IOException {
        new MapTree()
                .directory("/tmp", 01777)
                .directory("/closed", 0500)
                .file("/etc/passwd", "root")
                .link("/etc/link", "/outside/../x")
                .writeTo(directory);
        tree = new DirectoryTree(directory);
    }

    @Test
    void nodes_have_their_kind_and_link() {
        assertThat(tree.node("/")).isPresent();
        assertThat(tree.node("/etc")).map(FileTree.Node::kind).contains(FileTree.Kind.DIRECTORY);
        assertThat(tree.node("/etc/passwd")).map(FileTree.Node::kind).contains(FileTree.Kind.FILE);
        assertThat(tree.node("/etc/link")).contains(new FileTree.Node(FileTree.Kind.SYMLINK, 0777, "/outside/../x"));
        assertThat(tree.node("/etc/none")).isEmpty();
        assertThat(tree.node("/etc/passwd/x")).isEmpty();
        assertThat(new DirectoryTree(Path.of("/")).node("/dev/null"))
                .map(FileTree.Node::kind)
                .contains(FileTree.Kind.OTHER);
    }

    @Test
    void nodes_have_their_twelve_bits_of_mode() {
        assertThat(tree.node("/closed")).map(FileTree.Node::permissions).contains(0500);
        assertThat(tree.node("/tmp")).map(FileTree.Node::permissions).contains(01777);
    }

    @Test
    void files_are_read_up_to_a_limit() throws IOException {
        assertThat(tree.read("/etc/passwd", 4)).asString().isEqualTo("root");
        assertThatIOException()
                .isThrownBy(() -> tree.read("/etc/passwd", 3))
                .withMessage("/etc/passwd is larger than 3 bytes");
    }

    @Test
    void what_is_no_file_is_not_read() {
        for (String path : new String[] {"/etc", "/etc/link", "/etc/none"}) {
            assertThatIOException().isThrownBy(() -> tree.read(path, 100)).withMessage(path + " is not a regular file");
        }
    }

    @Test
    void directories_are_listed_and_nothing_else() throws IOException {
        assertThat(tree.list("/etc")).containsExactlyInAnyOrder("passwd", "link");
        assertThat(tree.list("/etc/passwd")).isEmpty();
        assertThat(tree.list("/none")).isEmpty();
    }
}
