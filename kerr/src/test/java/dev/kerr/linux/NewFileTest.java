package dev.kerr.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NewFileTest {
    private static final Set<PosixFilePermission> EXECUTABLE = PosixFilePermissions.fromString("rwxr-x---");

    @TempDir
    Path directory = Path.of("");

    @Test
    void it_has_no_name_before_it_is_whole() throws Exception {
        try (NewFile file = NewFile.of(directory.resolve("x"))) {
            write(file, "half");
            assertThat(names()).isEmpty();
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void it_takes_the_place_of_what_was_there() throws Exception {
        Path target = Files.writeString(directory.resolve("x"), "old");
        try (NewFile file = NewFile.of(target)) {
            write(file, "new");
            assertThat(target).hasContent("old");
            file.replace(EXECUTABLE);
        }
        assertThat(target).hasContent("new");
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(EXECUTABLE);
        assertThat(names()).containsExactly("x");
    }

    @Test
    void it_replaces_a_link_and_not_what_it_leads_to() throws Exception {
        Path other = Files.writeString(directory.resolve("other"), "theirs");
        Path target = Files.createSymbolicLink(directory.resolve("x"), other);
        try (NewFile file = NewFile.of(target)) {
            write(file, "new");
            file.replace(EXECUTABLE);
        }
        assertThat(other).hasContent("theirs");
        assertThat(target).hasContent("new").isRegularFile();
        assertThat(Files.isSymbolicLink(target)).isFalse();
    }

    @Test
    void it_is_added_only_where_nothing_is() throws Exception {
        Path target = directory.resolve("x");
        try (NewFile first = NewFile.of(target);
                NewFile second = NewFile.of(target)) {
            write(first, "first");
            write(second, "second");
            first.add(EXECUTABLE);
            assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> second.add(EXECUTABLE));
        }
        assertThat(target).hasContent("first");
        assertThat(names()).containsExactly("x");
    }

    @Test
    void programs_can_write_it() throws Exception {
        Path target = directory.resolve("x");
        try (NewFile file = NewFile.of(target)) {
            var program = new ProcessBuilder("/bin/sh", "-c", "echo written > " + file.pathForPrograms()).start();
            assertThat(program.waitFor()).isZero();
            file.replace(EXECUTABLE);
        }
        assertThat(target).hasContent("written\n");
    }

    @Test
    void a_directory_that_is_missing_is_named() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> NewFile.of(directory.resolve("no/x")).close())
                .withMessage(directory.resolve("no").toString());
    }

    @Test
    void what_a_killed_process_left_is_removed_by_the_next_and_what_is_being_written_is_not() throws Exception {
        Path target = Files.writeString(directory.resolve("x"), "old"); // so that a name is needed on the way
        Path left = Files.writeString(directory.resolve(".x.kerr-1"), "left");
        try (NewFile file = NewFile.of(target)) {
            write(file, "new");
            try (LockedFile writer = LockedFile.open(Files.writeString(directory.resolve(".x.kerr-2"), "half"))) {
                assertThat(writer.lock(0, 1)).isEqualTo(LockedFile.Outcome.LOCKED);
                file.replace(EXECUTABLE);
                assertThat(left).doesNotExist();
                assertThat(names()).containsExactlyInAnyOrder("x", ".x.kerr-2");
            }
        }
        assertThat(target).hasContent("new");
    }

    @Test
    void a_file_system_without_unnamed_files_gives_a_name_that_goes_away() throws Exception {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        Mount.fuse(directory.resolve("image"), mounted);
        try {
            Path target = mounted.resolve("x");
            try (NewFile file = NewFile.of(target)) {
                write(file, "half");
                assertThat(names(mounted)).containsExactlyInAnyOrder("lost+found", ".x.kerr-1");
                try (NewFile other = NewFile.of(target)) {
                    assertThat(names(mounted)).contains(".x.kerr-1", ".x.kerr-2");
                    write(other, "whole");
                    other.add(EXECUTABLE);
                }
                assertThat(target).hasContent("whole");
                file.replace(EXECUTABLE);
                Files.writeString(mounted.resolve(".x.kerr-1"), "somebody else's by now");
            }
            assertThat(target).hasContent("half");
            assertThat(names(mounted)).containsExactlyInAnyOrder("lost+found", "x", ".x.kerr-1");
            NewFile.of(target).close();
            assertThat(names(mounted)).containsExactlyInAnyOrder("lost+found", "x");
        } finally {
            Mount.remove(mounted);
        }
    }

    /// A file system of FUSE; fuse2fs(1) has no unnamed files.
    private static final class Mount {
        static void fuse(Path image, Path at) throws Exception {
            run("/usr/sbin/mkfs.ext2", "-q", image.toString(), "8M");
            run("/usr/bin/fuse2fs", "-o", "fakeroot", image.toString(), at.toString());
        }

        private static void run(String... command) throws Exception {
            assumeTrue(Files.isExecutable(Path.of(command[0])), command[0] + " is not installed");
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assumeTrue(process.waitFor() == 0, command[0] + " may not be used here");
        }

        static void remove(Path at) throws Exception {
            new ProcessBuilder("umount", at.toString()).start().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void write(NewFile file, String text) throws IOException {
        file.channel().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> names() throws IOException {
        return names(directory);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
