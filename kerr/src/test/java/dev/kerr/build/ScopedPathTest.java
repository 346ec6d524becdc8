package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopedPathTest {
    @TempDir
    Path rootfs;

    @ParameterizedTest
    @CsvSource({"/a/b,a/b", "a//b/,a/b", "/a/../b,b", "../../etc,etc", "/,''", "'',''", "/./a/.,a"})
    void paths_without_links_are_taken_as_they_are(String path, String expected) throws UserException {
        assertThat(ScopedPath.resolve(rootfs, path)).isEqualTo(expected.isEmpty() ? rootfs : rootfs.resolve(expected));
    }

    @ParameterizedTest
    @CsvSource({"/usr/lib,lib", "usr/lib,lib", "../../../../usr/lib,lib", "./usr/./lib/,lib"})
    void links_lead_to_the_root_of_the_image_and_no_further(String target, String link)
            throws IOException, UserException {
        Files.createDirectories(rootfs.resolve("usr/lib"));
        Files.createSymbolicLink(rootfs.resolve(link), Path.of(target));
        assertThat(ScopedPath.resolve(rootfs, "/lib/x")).isEqualTo(rootfs.resolve("usr/lib/x"));
    }

    @Test
    void a_link_to_an_absolute_path_of_the_host_stays_inside() throws IOException, UserException {
        Files.createSymbolicLink(rootfs.resolve("out"), Path.of("/etc"));
        assertThat(ScopedPath.resolve(rootfs, "out/passwd")).isEqualTo(rootfs.resolve("etc/passwd"));
    }

    @Test
    void links_to_links_are_followed() throws IOException, UserException {
        Files.createDirectories(rootfs.resolve("a/b"));
        Files.createSymbolicLink(rootfs.resolve("one"), Path.of("two/b"));
        Files.createSymbolicLink(rootfs.resolve("two"), Path.of("/a"));
        assertThat(ScopedPath.resolve(rootfs, "one/../c")).isEqualTo(rootfs.resolve("a/c"));
    }

    @Test
    void links_in_a_circle_are_refused() throws IOException {
        Files.createSymbolicLink(rootfs.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(rootfs.resolve("two"), Path.of("one"));
        assertThatThrownBy(() -> ScopedPath.resolve(rootfs, "one"))
                .isInstanceOf(UserException.class)
                .hasMessage("cannot resolve one in the image: its links lead in a circle");
    }

    @Test
    void a_file_in_the_way_is_left_to_the_copy() throws IOException, UserException {
        Files.writeString(rootfs.resolve("file"), "");
        assertThat(ScopedPath.resolve(rootfs, "file/x")).isEqualTo(rootfs.resolve("file/x"));
    }
}
