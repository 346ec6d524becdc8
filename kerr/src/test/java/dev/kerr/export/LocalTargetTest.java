package dev.kerr.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import dev.kerr.transport.ImageSource.Kind;
import dev.kerr.transport.ImageSource.Local;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where images go on this host.
final class LocalTargetTest {
    @TempDir
    private Path directory;

    private static String nameOf(Kind kind, String name) throws UserException {
        return LocalTarget.of(new Local(kind, Path.of("x"), name)).name();
    }

    private void refuses(Kind kind, String path, String message) {
        var target = new LocalTarget(kind, directory.resolve(path), "");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> target.check(LocalTarget.Existing.REFUSE))
                .withMessageContaining(message);
    }

    @Test
    void docker_names_images_with_a_tag() throws UserException {
        assertThat(nameOf(Kind.DOCKER_ARCHIVE, "busybox")).isEqualTo("busybox:latest");
        assertThat(nameOf(Kind.DOCKER_ARCHIVE, "host:5000/a/b")).isEqualTo("host:5000/a/b:latest");
        assertThat(nameOf(Kind.DOCKER_ARCHIVE, "a/b:1")).isEqualTo("a/b:1");
        assertThat(nameOf(Kind.DOCKER_ARCHIVE, "")).isEmpty();
        assertThat(nameOf(Kind.OCI, "any Name")).isEqualTo("any Name");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> nameOf(Kind.DOCKER_ARCHIVE, "UPPER"));
    }

    @Test
    void nothing_of_others_is_written_to() throws Exception {
        Files.createDirectory(directory.resolve("full"));
        Files.createFile(directory.resolve("full/file"));
        refuses(Kind.OCI, "full", "no OCI layout");
        refuses(Kind.OCI, "full/file", "it is no directory");
        refuses(Kind.OCI_ARCHIVE, "full", "it is a directory");
        refuses(Kind.OCI_ARCHIVE, "full/file", "already exists");
        refuses(Kind.OCI_ARCHIVE, "none/file", "there is no directory");
        new LocalTarget(Kind.OCI_ARCHIVE, directory.resolve("full/file"), "").check(LocalTarget.Existing.REPLACE);
    }
}
