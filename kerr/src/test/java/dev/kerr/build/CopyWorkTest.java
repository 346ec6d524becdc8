package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyWorkTest {
    @TempDir
    Path directory = Path.of("");

    private Path from = Path.of("");
    private Path rootfs = Path.of("");

    @BeforeEach
    void there_is_a_tree_to_copy_from() throws IOException {
        from = Files.createDirectories(directory.resolve("from"));
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        Files.createDirectories(from.resolve("tree/sub"));
        Files.writeString(from.resolve("tree/sub/file"), "file");
        Files.writeString(from.resolve("tree/file.log"), "log");
        Files.createSymbolicLink(from.resolve("tree/link"), Path.of("sub/file"));
    }

    private void copy(String ignored, String chmod, String... pairs) throws Exception {
        var items = new ArrayList<TreeStep.Item>();
        for (int i = 0; i < pairs.length; i += 2) {
            items.add(new TreeStep.Item(pairs[i], pairs[i + 1]));
        }
        CopyWork.copy(new TreeStep.Copy(from, rootfs, items, new TreeStep.Ownership(-1, -1, chmod), ignored));
    }

    @Test
    void the_contents_of_a_directory_join_those_that_are_there() throws Exception {
        Files.createDirectories(rootfs.resolve("to"));
        Files.writeString(rootfs.resolve("to/there"), "there");
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(from.resolve("tree/sub/file"), old);
        copy("", "", "tree", "/to/");
        assertThat(rootfs.resolve("to/there")).hasContent("there");
        assertThat(rootfs.resolve("to/sub/file")).hasContent("file");
        assertThat(Files.getLastModifiedTime(rootfs.resolve("to/sub/file"))).isEqualTo(old);
        assertThat(Files.readSymbolicLink(rootfs.resolve("to/link"))).isEqualTo(Path.of("sub/file"));
    }

    @Test
    void a_link_that_is_named_is_what_it_leads_to() throws Exception {
        copy("", "", "tree/link", "/file");
        assertThat(rootfs.resolve("file")).isRegularFile().hasContent("file");
    }

    @Test
    void what_is_ignored_stays_behind_but_for_exceptions() throws Exception {
        copy("**/*.log\n", "", "tree", "/a");
        assertThat(rootfs.resolve("a/file.log")).doesNotExist();
        assertThat(rootfs.resolve("a/sub/file")).exists();
        copy("tree\n!tree/sub/file\n", "", "tree", "/b");
        assertThat(rootfs.resolve("b/sub/file")).exists();
        assertThat(rootfs.resolve("b/link")).doesNotExist();
    }

    @Test
    void no_link_of_the_image_leads_out_of_it() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(rootfs.resolve("out"), outside);
        copy("", "", "tree", "/out/deep");
        assertThat(outside).isEmptyDirectory();
        assertThat(rootfs.resolve("to")).doesNotExist();
        Files.createDirectories(rootfs.resolve("usr/lib"));
        Files.createSymbolicLink(rootfs.resolve("sub"), Path.of("/usr/lib"));
        copy("", "", "tree", "/");
        assertThat(rootfs.resolve("usr/lib/file")).hasContent("file");
        assertThat(Files.isSymbolicLink(rootfs.resolve("sub"))).isTrue();
    }

    @Test
    void a_file_replaces_a_link_and_is_not_written_through_it() throws Exception {
        Files.writeString(rootfs.resolve("target"), "target");
        Files.createSymbolicLink(rootfs.resolve("place"), Path.of("target"));
        copy("", "600", "tree/file.log", "/new/place");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rootfs.resolve("new/place"))))
                .isEqualTo("rw-------");
        Files.createDirectories(from.resolve("other"));
        Files.writeString(from.resolve("other/place"), "other");
        copy("", "", "other", "/");
        assertThat(Files.isRegularFile(rootfs.resolve("place"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(rootfs.resolve("target")).hasContent("target");
    }

    @Test
    void a_file_is_not_put_in_the_place_of_a_directory() throws Exception {
        Files.createDirectories(rootfs.resolve("place"));
        assertThatThrownBy(() -> copy("", "", "tree/file.log", "/place")).isInstanceOf(IOException.class);
        assertThat(rootfs.resolve("place")).isDirectory();
    }

    @Test
    void a_step_says_all_of_it_to_its_process() {
        var copy = new TreeStep.Copy(
                Path.of("/from"),
                Path.of("/rootfs"),
                List.of(new TreeStep.Item("a=b", "/c d"), new TreeStep.Item("e", "/f")),
                new TreeStep.Ownership(12, 34, "640"),
                "*.log\n!x=y\n");
        var step = new TreeStep(copy, Path.of("/report"), TreeStep.Display.NOTHING);
        assertThat(TreeStep.of(step.arguments())).isEqualTo(step);
    }
}
