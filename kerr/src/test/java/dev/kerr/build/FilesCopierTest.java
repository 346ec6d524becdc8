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
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesCopierTest {
    @TempDir
    Path directory;

    private Path host;
    private Path rootfs;

    @BeforeEach
    void fill() throws IOException {
        host = Files.createDirectory(directory.resolve("host"));
        rootfs = Files.createDirectory(directory.resolve("rootfs"));
        write(host.resolve("a.txt"), "a");
        write(host.resolve("b.txt"), "b");
        write(host.resolve("tree/c.txt"), "c");
        Files.createSymbolicLink(host.resolve("tree/link"), Path.of("../a.txt"));
        Files.createSymbolicLink(host.resolve("link"), Path.of("a.txt"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void copy(TreeStep.Origin origin, String base, FilesTransfer transfer) throws IOException, UserException {
        FilesCopier.copy(new TreeStep.CopyFiles(origin, host, rootfs, base, "x.def", List.of(transfer)));
    }

    private void copy(String source, String destination) throws IOException, UserException {
        copy(TreeStep.Origin.HOST, "/", new FilesTransfer(source, destination, 7, 5));
    }

    private void copyFromStage(String source, String destination) throws IOException, UserException {
        copy(TreeStep.Origin.STAGE, "/", new FilesTransfer(source, destination, 7, 5));
    }

    private boolean isLink(String path) {
        return Files.isSymbolicLink(rootfs.resolve(path));
    }

    @Test
    void a_file_goes_to_the_name_that_is_given() throws IOException, UserException {
        copy("a.txt", "/opt/deep/x");
        assertThat(rootfs.resolve("opt/deep/x")).hasContent("a");
    }

    @Test
    void a_file_goes_into_a_directory_that_exists() throws IOException, UserException {
        Files.createDirectory(rootfs.resolve("opt"));
        copy("a.txt", "/opt");
        assertThat(rootfs.resolve("opt/a.txt")).hasContent("a");
    }

    @Test
    void a_slash_at_the_end_makes_the_directory() throws IOException, UserException {
        copy("a.txt", "/opt/new/");
        assertThat(rootfs.resolve("opt/new/a.txt")).hasContent("a");
    }

    @Test
    void a_relative_destination_starts_at_the_root_of_the_image() throws IOException, UserException {
        copy("a.txt", "opt/x");
        assertThat(rootfs.resolve("opt/x")).hasContent("a");
    }

    @Test
    void without_a_destination_the_path_is_the_same_inside() throws IOException, UserException {
        copy(host.resolve("a.txt").toString(), "");
        assertThat(Path.of(rootfs.toString(), host.toString(), "a.txt")).hasContent("a");
    }

    @Test
    void a_relative_source_without_a_destination_keeps_its_path() throws IOException, UserException {
        copy("tree", "");
        copy("tree", "");
        assertThat(rootfs.resolve("tree/c.txt")).hasContent("c");
        assertThat(rootfs.resolve("tree/tree")).doesNotExist();
    }

    @Test
    void a_pattern_copies_all_that_it_names() throws IOException, UserException {
        copy("*.txt", "/opt/");
        assertThat(rootfs.resolve("opt/a.txt")).hasContent("a");
        assertThat(rootfs.resolve("opt/b.txt")).hasContent("b");
    }

    @Test
    void a_pattern_without_a_destination_copies_each_to_its_own_place() throws IOException, UserException {
        copy("{a,b}.txt", "");
        assertThat(rootfs.resolve("b.txt")).hasContent("b");
    }

    @Test
    void a_tree_is_copied_whole_and_its_links_are_replaced_by_what_they_lead_to() throws IOException, UserException {
        copy("tree", "/opt/copy");
        assertThat(rootfs.resolve("opt/copy/c.txt")).hasContent("c");
        assertThat(rootfs.resolve("opt/copy/link")).hasContent("a");
        assertThat(isLink("opt/copy/link")).isFalse();
    }

    @Test
    void a_link_is_replaced_by_what_it_leads_to() throws IOException, UserException {
        copy("link", "/x");
        assertThat(rootfs.resolve("x")).hasContent("a");
        assertThat(isLink("x")).isFalse();
    }

    @Test
    void an_existing_file_is_replaced_even_if_it_is_read_only() throws IOException, UserException {
        write(rootfs.resolve("x"), "old");
        assertThat(rootfs.resolve("x").toFile().setReadOnly()).isTrue();
        copy("a.txt", "/x");
        assertThat(rootfs.resolve("x")).hasContent("a");
    }

    @Test
    void a_destination_that_is_a_link_is_resolved_in_the_image() throws IOException, UserException {
        Files.createDirectories(rootfs.resolve("usr/lib"));
        Files.createSymbolicLink(rootfs.resolve("lib"), Path.of("/usr/lib"));
        copy("a.txt", "/lib/");
        assertThat(rootfs.resolve("usr/lib/a.txt")).hasContent("a");
    }

    @Test
    void no_link_of_the_image_leads_a_copy_out_of_it() throws IOException, UserException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(rootfs.resolve("opt"), outside);
        write(rootfs.resolve("d/keep"), "");
        write(outside.resolve("victim"), "untouched");
        Files.createSymbolicLink(rootfs.resolve("d/a.txt"), outside.resolve("victim"));
        copy("a.txt", "/opt/");
        copy("a.txt", "/d/");
        assertThat(outside.resolve("a.txt")).doesNotExist();
        assertThat(outside.resolve("victim")).hasContent("untouched");
        assertThat(isLink("d/a.txt")).isFalse();
        assertThat(Path.of(rootfs.toString(), outside.toString(), "a.txt")).hasContent("a");
    }

    @Test
    void a_link_inside_the_image_cannot_catch_a_file_of_a_copied_tree() throws IOException, UserException {
        Path victim = directory.resolve("victim");
        write(victim, "untouched");
        Files.createDirectories(rootfs.resolve("opt/tree"));
        Files.createSymbolicLink(rootfs.resolve("opt/tree/c.txt"), victim);
        copy("tree", "/opt");
        assertThat(victim).hasContent("untouched");
        assertThat(rootfs.resolve("opt/tree/c.txt")).hasContent("c");
    }

    @Test
    void a_tree_may_go_through_a_link_to_a_directory() throws IOException, UserException {
        Files.createDirectories(rootfs.resolve("usr/tree"));
        Files.createSymbolicLink(rootfs.resolve("tree"), Path.of("usr/tree"));
        copy("tree", "/");
        assertThat(rootfs.resolve("usr/tree/c.txt")).hasContent("c");
        assertThat(isLink("tree")).isTrue();
    }

    @Test
    void a_dangling_link_is_refused_by_name() throws IOException {
        Files.createSymbolicLink(host.resolve("gone"), Path.of("nowhere"));
        assertThatThrownBy(() -> copy("gone", "/x"))
                .isInstanceOf(UserException.class)
                .hasMessage("x.def:7:5: %files: gone is a link to nowhere, which does not exist");
    }

    @Test
    void a_dangling_link_in_a_tree_is_refused_by_name() throws IOException {
        Path link = Files.createSymbolicLink(host.resolve("tree/gone"), Path.of("nowhere"));
        assertThatThrownBy(() -> copy("tree", "/x"))
                .isInstanceOf(UserException.class)
                .hasMessage("x.def:7:5: %%files: cannot copy %s to /x: %s is a link to nowhere, which does not exist"
                        .formatted(host.resolve("tree"), link));
    }

    @Test
    void a_missing_source_is_refused() {
        assertThatThrownBy(() -> copy("*.none", "/x")).hasMessage("x.def:7:5: %files: no such file: *.none");
    }

    @Test
    void several_files_need_a_directory() {
        assertThatThrownBy(() -> copy("*.txt", "/x")).isInstanceOfSatisfying(UserException.class, e -> {
            assertThat(e).hasMessage("x.def:7:5: %files: several files match *.txt, but /x is not a directory");
            assertThat(e.hint()).isEqualTo("write /x/");
        });
    }

    @Test
    void files_of_an_application_start_at_its_directory() throws IOException, UserException {
        copy(TreeStep.Origin.HOST, "/scif/apps/foo", new FilesTransfer("a.txt", "bin/x", 1, 1));
        assertThat(rootfs.resolve("scif/apps/foo/bin/x")).hasContent("a");
    }

    @Test
    void from_a_stage_links_in_a_tree_stay_links() throws IOException, UserException {
        copyFromStage("/tree", "/opt/");
        assertThat(isLink("opt/tree/link")).isTrue();
    }

    @Test
    void from_a_stage_the_named_link_is_followed_and_keeps_its_name() throws IOException, UserException {
        Files.createDirectory(rootfs.resolve("opt"));
        copyFromStage("/link", "/opt");
        assertThat(rootfs.resolve("opt/link")).hasContent("a");
        assertThat(isLink("opt/link")).isFalse();
    }

    @Test
    void from_a_stage_names_of_one_file_stay_so_with_its_attributes_and_time() throws IOException, UserException {
        Path file = host.resolve("tree/c.txt");
        Files.createLink(host.resolve("tree/same"), file);
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, old);
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
                .write("of-test", ByteBuffer.wrap(new byte[] {7}));
        copyFromStage("/tree", "/opt/");
        Path copy = rootfs.resolve("opt/tree/c.txt");
        assertThat(Files.isSameFile(copy, rootfs.resolve("opt/tree/same"))).isTrue();
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(old);
        assertThat(Files.getFileAttributeView(copy, UserDefinedFileAttributeView.class)
                        .list())
                .containsExactly("of-test");
    }

    @Test
    void from_a_stage_no_source_is_outside_of_it() throws IOException, UserException {
        Files.createSymbolicLink(host.resolve("out"), Path.of("../../../../../../../../a.txt"));
        copyFromStage("../../out", "/x");
        assertThat(rootfs.resolve("x")).hasContent("a");
        Files.createSymbolicLink(host.resolve("passwd"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> copyFromStage("passwd", "/y")).hasMessage("x.def:7:5: %files: no such file: passwd");
    }

    @Test
    void a_relative_link_of_the_host_with_dots_is_followed() throws IOException, UserException {
        copy("tree/../a.txt", "/x");
        assertThat(Files.isRegularFile(rootfs.resolve("x"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }
}
