package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.deffile.FilesTransfer;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
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

    private void copy(String ignored, String chmod, String destination, String... patterns) throws Exception {
        var sources = new TreeStep.Sources(List.of(patterns), 0, false, "", ignored);
        var ownership = new TreeStep.Ownership(-1, -1, chmod);
        CopyWork.copy(new TreeStep.Copy(from, rootfs, sources, destination, ownership));
    }

    @Test
    void the_contents_of_a_directory_join_those_that_are_there() throws Exception {
        Files.createDirectories(rootfs.resolve("to"));
        Files.writeString(rootfs.resolve("to/there"), "there");
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(from.resolve("tree/sub/file"), old);
        copy("", "", "/to/", "tree");
        assertThat(rootfs.resolve("to/there")).hasContent("there");
        assertThat(rootfs.resolve("to/sub/file")).hasContent("file");
        assertThat(Files.getLastModifiedTime(rootfs.resolve("to/sub/file"))).isEqualTo(old);
        assertThat(Files.readSymbolicLink(rootfs.resolve("to/link"))).isEqualTo(Path.of("sub/file"));
    }

    @Test
    void a_link_that_is_named_is_what_it_leads_to() throws Exception {
        copy("", "", "/file", "tree/link");
        assertThat(rootfs.resolve("file")).isRegularFile().hasContent("file");
    }

    @Test
    void what_is_ignored_stays_behind_but_for_exceptions() throws Exception {
        copy("**/*.log\n", "", "/a", "tree");
        assertThat(rootfs.resolve("a/file.log")).doesNotExist();
        assertThat(rootfs.resolve("a/sub/file")).exists();
        copy("tree\n!tree/sub/file\n", "", "/b", "tree");
        assertThat(rootfs.resolve("b/sub/file")).exists();
        assertThat(rootfs.resolve("b/link")).doesNotExist();
    }

    @Test
    void no_link_of_the_image_leads_out_of_it() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(rootfs.resolve("out"), outside);
        copy("", "", "/out/deep", "tree");
        assertThat(outside).isEmptyDirectory();
        assertThat(rootfs.resolve("to")).doesNotExist();
        Files.createDirectories(rootfs.resolve("usr/lib"));
        Files.createSymbolicLink(rootfs.resolve("sub"), Path.of("/usr/lib"));
        copy("", "", "/", "tree");
        assertThat(rootfs.resolve("usr/lib/file")).hasContent("file");
        assertThat(Files.isSymbolicLink(rootfs.resolve("sub"))).isTrue();
    }

    @Test
    void a_file_replaces_a_link_and_is_not_written_through_it() throws Exception {
        Files.writeString(rootfs.resolve("target"), "target");
        Files.createSymbolicLink(rootfs.resolve("place"), Path.of("target"));
        copy("", "600", "/new/place", "tree/file.log");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rootfs.resolve("new/place"))))
                .isEqualTo("rw-------");
        Files.createDirectories(from.resolve("other"));
        Files.writeString(from.resolve("other/place"), "other");
        copy("", "", "/", "other");
        assertThat(Files.isRegularFile(rootfs.resolve("place"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(rootfs.resolve("target")).hasContent("target");
    }

    @Test
    void a_file_is_not_put_in_the_place_of_a_directory() throws Exception {
        Files.createDirectories(rootfs.resolve("place/file.log"));
        assertThatThrownBy(() -> copy("", "", "/place", "tree/file.log")).isInstanceOf(IOException.class);
        assertThat(rootfs.resolve("place/file.log")).isDirectory();
    }

    @Test
    void a_pattern_is_expanded_in_the_tree_and_links_of_that_do_not_lead_out() throws Exception {
        Files.createDirectories(from.resolve("closed/in"));
        Files.writeString(from.resolve("closed/in/one.txt"), "one");
        Files.writeString(from.resolve("closed/in/two.txt"), "two");
        Files.createSymbolicLink(from.resolve("way"), Path.of("/closed/in"));
        copy("", "", "/to/", "/way/*.txt");
        assertThat(rootfs.resolve("to/one.txt")).hasContent("one");
        assertThat(rootfs.resolve("to/two.txt")).hasContent("two");
        assertThatThrownBy(() -> copy("", "", "/to", "way/*.txt"))
                .isInstanceOfSatisfying(UserException.class, wrong -> {
                    assertThat(wrong).hasMessage("several files are copied to /to");
                    assertThat(wrong.hint()).isEqualTo("end the destination with /");
                });
        assertThatThrownBy(() -> copy("", "", "/x", "way/*.none")).hasMessage("no such file: way/*.none");
    }

    @Test
    void a_file_goes_into_a_directory_that_is_there() throws Exception {
        Files.createDirectories(rootfs.resolve("usr/lib"));
        Files.createSymbolicLink(rootfs.resolve("lib"), Path.of("usr/lib"));
        copy("", "", "/lib", "tree/file.log");
        assertThat(rootfs.resolve("usr/lib/file.log")).hasContent("log");
    }

    @Test
    void names_of_one_file_stay_so_with_its_attributes() throws Exception {
        Path file = from.resolve("tree/sub/file");
        Files.createLink(from.resolve("tree/same"), file);
        for (Path named : List.of(file, from.resolve("tree/sub"))) {
            Files.getFileAttributeView(named, UserDefinedFileAttributeView.class)
                    .write("of-test", ByteBuffer.wrap(new byte[] {7}));
        }
        copy("", "", "/to", "tree");
        assertThat(Files.isSameFile(rootfs.resolve("to/sub/file"), rootfs.resolve("to/same")))
                .isTrue();
        for (String name : List.of("to/sub/file", "to/sub")) {
            assertThat(Files.getFileAttributeView(rootfs.resolve(name), UserDefinedFileAttributeView.class)
                            .list())
                    .containsExactly("of-test");
        }
    }

    @Test
    void a_name_with_the_signs_of_patterns_is_copied_literally() throws Exception {
        Files.writeString(from.resolve("a[1]*?\\.txt"), "odd");
        var copy = new TreeStep.Copy(
                from, rootfs, TreeStep.Sources.of("a[1]*?\\.txt"), "/x", new TreeStep.Ownership(-1, -1, ""));
        CopyWork.copy(copy);
        assertThat(rootfs.resolve("x")).hasContent("odd");
    }

    @Test
    void a_step_says_all_of_it_to_its_process() {
        var copy = new TreeStep.Copy(
                Path.of("/from"),
                Path.of("/rootfs"),
                new TreeStep.Sources(List.of("a=b", "c d"), 2, true, "*.log\n!x=y\n", "z"),
                "/e f/",
                new TreeStep.Ownership(12, 34, "640"));
        var files = new TreeStep.CopyFiles(
                TreeStep.Origin.STAGE,
                Path.of("/from"),
                Path.of("/rootfs"),
                "/scif/apps/x",
                "x=.def",
                List.of(new FilesTransfer("a=b", "c d", 7, 5), new FilesTransfer("e", "", 8, 1)));
        for (TreeStep.Work work : List.of(copy, files, new TreeStep.Locate(Path.of("/root"), "a=b"))) {
            var step = new TreeStep(work, Path.of("/report"), TreeStep.Display.NOTHING);
            assertThat(TreeStep.of(step.words())).isEqualTo(step);
        }
    }

    @Test
    void what_is_located_is_reported() throws Exception {
        for (String path : List.of("tree/sub", "tree/link", "tree/nothing/at/all")) {
            Located located = Located.in(from, path);
            assertThat(Located.of(located.lines())).isEqualTo(located);
        }
        assertThat(Located.in(from, "tree/link"))
                .isEqualTo(new Located(from.resolve("tree/sub/file"), Located.Kind.OTHER));
    }
}
