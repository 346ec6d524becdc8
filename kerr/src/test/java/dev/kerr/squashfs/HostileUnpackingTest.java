package dev.kerr.squashfs;

import static dev.kerr.squashfs.ForgedSquashfs.NONE;
import static dev.kerr.squashfs.ForgedSquashfs.littleEndian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// File systems made to do harm where they are unpacked.
@Timeout(60)
class HostileUnpackingTest {
    @TempDir
    Path directory;

    private Path into;
    private Path outside;

    @BeforeEach
    void make_directories() throws IOException {
        into = Files.createDirectory(directory.resolve("into"));
        outside = Files.createDirectory(directory.resolve("outside"));
    }

    /// CVE-2021-41072: a symbolic link, then a directory of the same name with a file in it.
    @Test
    void a_directory_with_the_name_of_a_link_writes_nothing_elsewhere() throws IOException {
        byte[] target = outside.toString().getBytes(StandardCharsets.UTF_8);
        var forged = new ForgedSquashfs();
        forged.header(2).entry("a", 32, 3).entry("a", 32 + 24 + target.length, 1);
        int root = forged.nextEntry();
        forged.header(1).entry("passwd", 32 + 24 + target.length + 32, 2);
        forged.directory(1, 0, root).symlink(2, target.length, target);
        forged.directory(3, root, forged.nextEntry() - root).file(4, 96, NONE, 0, 0);
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> unpack(forged))
                .withMessageContaining("come twice");
        assertThat(outside).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "/x", "a/b", "."})
    void a_name_that_leads_elsewhere_is_refused(String name) throws IOException {
        var forged = new ForgedSquashfs().header(1).entry(name, 32, 2);
        forged.directory(1, 0, forged.nextEntry()).file(2, 96, NONE, 0, 0);
        assertThatExceptionOfType(FormatException.class).isThrownBy(() -> unpack(forged));
        assertThat(into).isEmptyDirectory();
    }

    @Test
    void no_symbolic_link_is_gone_through_even_if_one_gets_there() throws IOException {
        Files.createSymbolicLink(into.resolve("a"), outside);
        Files.createSymbolicLink(into.resolve("b"), outside.resolve("made"));
        try (Arena arena = Arena.ofConfined()) {
            var host = new NewFiles(arena, into.toString());
            int root = host.files().openRoot(into.toString());
            for (String path : List.of("a/passwd", "a", "b", "../outside/x")) {
                assertThatExceptionOfType(FileSystemException.class)
                        .as(path)
                        .isThrownBy(() -> host.makeFile(root, path));
            }
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> host.openDirectory(root, "a", "a"));
            host.closeFile(root);
        }
        assertThat(outside).isEmptyDirectory();
    }

    /// As an owner 4294967295 means "leave it" to the kernel, so the program would run as whoever unpacked it.
    @Test
    void a_set_user_id_program_of_no_one_does_not_become_ours() throws Exception {
        Judges.requireRoot();
        var metadata = new Entry.Metadata(06755, 0xffff_ffffL, 0, 0);
        Path image = directory.resolve("image");
        try (var source = EntrySource.of(List.of(new Entry.RegularFile("f", metadata, new byte[] {1})));
                var out = FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(out, 0, source, WriterSettings.usual(0));
        }
        try (FileChannel channel = FileChannel.open(image)) {
            Unpacked unpacked = TreeUnpacker.unpack(channel, 0, channel.size(), into, UnpackSettings.usual());
            assertThat(unpacked.leftOut()).containsExactly("owners: f");
        }
        assertThat((int) Files.getAttribute(into.resolve("f"), "unix:mode") & 07777)
                .isEqualTo(0755);
    }

    @Test
    void eight_exbibytes_that_are_not_there_take_no_room_and_no_time() throws IOException {
        long size = Long.MAX_VALUE;
        ByteBuffer rest = littleEndian(40 + 4 * 100);
        rest.putLong(96)
                .putLong(size)
                .putLong(size)
                .putInt(1)
                .putInt((int) NONE)
                .putInt(0);
        rest.putInt((int) NONE).position(40 + 4 * 100);
        var forged = new ForgedSquashfs().header(1).entry("f", 32, 2);
        forged.directory(1, 0, forged.nextEntry()).inode(9, 2, rest);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> unpack(forged))
                .satisfies(e -> assertThat(e).message().containsAnyOf("ends too early", "file too large"));
        assertThat(Files.exists(into.resolve("f"))).isTrue();
    }

    @Test
    void a_file_that_shares_its_number_with_a_link_becomes_another_name_of_it() throws IOException {
        byte[] target = outside.resolve("made").toString().getBytes(StandardCharsets.UTF_8);
        var forged = new ForgedSquashfs();
        forged.header(2).entry("a", 32, 3).entry("b", 32 + 24 + target.length, 2);
        forged.directory(1, 0, forged.nextEntry());
        ByteBuffer link = littleEndian(8 + target.length);
        forged.inode(3, 2, link.putInt(2).putInt(target.length).put(target));
        ByteBuffer file = littleEndian(40);
        file.putLong(96)
                .putLong(0)
                .putLong(0)
                .putInt(2)
                .putInt((int) NONE)
                .putInt(0)
                .putInt((int) NONE);
        forged.inode(9, 2, file);
        unpack(forged);
        assertThat(Files.isSymbolicLink(into.resolve("b"))).isTrue();
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void a_name_too_long_for_the_host_is_an_error_with_its_path() throws IOException {
        String name = "n".repeat(256);
        var forged = new ForgedSquashfs().header(1).entry(name, 32, 2);
        forged.directory(1, 0, forged.nextEntry()).file(2, 96, NONE, 0, 0);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> unpack(forged))
                .withMessage(into + "/" + name + ": file name too long");
    }

    @Test
    void a_target_too_long_for_the_host_is_an_error_with_its_path() throws IOException {
        byte[] target = "t".repeat(4096).getBytes(StandardCharsets.UTF_8);
        var forged = new ForgedSquashfs().header(1).entry("a", 32, 3);
        forged.directory(1, 0, forged.nextEntry()).symlink(2, target.length, target);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> unpack(forged))
                .withMessage(into + "/a: file name too long");
    }

    private Unpacked unpack(ForgedSquashfs forged) throws IOException {
        try (FileChannel channel = forged.write(directory.resolve("image"))) {
            return TreeUnpacker.unpack(channel, 0, channel.size(), into, UnpackSettings.usual());
        }
    }
}
