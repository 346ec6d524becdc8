package dev.kerr.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.build.OverlayLayout.Ids;
import dev.kerr.build.OverlayLayout.Space;
import dev.kerr.image.Partition;
import dev.kerr.image.Partition.FileSystem;
import dev.kerr.image.Volumes;
import dev.kerr.linux.Credentials;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifEditor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Overlays as e2fsck(8) and debugfs(8) see them.
@Timeout(60)
class OverlayMakerTest {
    private static final long SIZE = 64L << 20;

    @TempDir
    Path directory = Path.of("");

    private Path temporary = Path.of("");
    private OverlayMaker maker = new OverlayMaker("", "", Path.of(""), Clock.systemUTC());

    @BeforeEach
    void find_the_programs() throws IOException {
        temporary = Files.createDirectory(directory.resolve("temporary"));
        maker = new OverlayMaker(program("mkfs.ext3"), program("debugfs"), temporary, Clock.systemUTC());
    }

    private static String program(String name) {
        var found = Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")
                .map(parent -> Path.of(parent, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), name + " of e2fsprogs is not installed");
        return found.orElseThrow().toString();
    }

    @Test
    void a_new_file_is_a_sound_file_system_of_exactly_that_size() throws Exception {
        Path file = directory.resolve("o.img");
        maker.make(file.toString(), layout(Space.ALLOCATED, caller()));
        assertThat(Files.size(file)).isEqualTo(SIZE);
        assertThat(allocated(file)).isGreaterThanOrEqualTo(SIZE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        check(file);
        assertThat(overlay(file).fileSystem()).isEqualTo(FileSystem.EXT3);
        assertNothingIsLeft();
    }

    private static Partition overlay(Path file) throws Exception {
        try (var volumes = new Volumes()) {
            return volumes.overlay(file.toString()).partition();
        }
    }

    @Test
    void a_sparse_file_takes_little_room() throws Exception {
        Path file = directory.resolve("o.img");
        maker.make(file.toString(), layout(Space.SPARSE, caller()));
        assertThat(Files.size(file)).isEqualTo(SIZE);
        assertThat(allocated(file)).isLessThan(SIZE / 4);
        check(file);
    }

    @Test
    void its_directories_are_the_callers() throws Exception {
        Path file = directory.resolve("o.img");
        var ids = caller();
        maker.make(file.toString(), layout(Space.SPARSE, ids, "/usr/local", "a \"b\" ?", "usr/share/."));
        for (String path : List.of("/", "/upper", "/work", "/upper/usr", "/upper/usr/local", "/upper/usr/share")) {
            assertOwned(file, path, ids);
        }
        assertOwned(file, "/upper/a \"b\" ?", ids);
    }

    @Test
    void another_owner_gets_all_of_them() throws Exception {
        Path file = directory.resolve("o.img");
        var ids = new Ids(100_000, 2_000_000_000);
        maker.make(file.toString(), layout(Space.SPARSE, ids, "a \"b\" ?/c"));
        for (String path : List.of("/", "/upper", "/work", "/upper/a \"b\" ?", "/upper/a \"b\" ?/c")) {
            assertOwned(file, path, ids);
        }
        check(file);
    }

    @Test
    void a_name_may_hold_what_the_programs_take_for_options() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("a?offset=4096"));
        Path file = odd.resolve("-q ?x");
        maker.make(file.toString(), layout(Space.SPARSE, new Ids(7, 8)));
        assertThat(Files.size(file)).isEqualTo(SIZE);
        Path plain = Files.move(file, directory.resolve("plain"));
        assertOwned(plain, "/work", new Ids(7, 8));
    }

    @Test
    void nothing_is_replaced() throws Exception {
        Path file = Files.writeString(directory.resolve("o.img"), "mine");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
        assertThat(line(maker, file.toString(), layout(Space.SPARSE, caller())))
                .startsWith("cannot make overlay " + file + ": it exists already, and is no whole SIF file: ")
                .endsWith(" (hint: remove it first, or take another name)");
        assertThat(line(maker, link.toString(), layout(Space.SPARSE, caller()))).contains("exists already");
        assertThat(line(maker, temporary.toString(), layout(Space.SPARSE, caller())))
                .contains("exists already, and is no file");
        assertThat(file).hasContent("mine");
        assertNothingIsLeft();
    }

    @Test
    void what_cannot_be_made_says_why_and_leaves_nothing() {
        assertThat(line(maker, directory + "/no/o.img", layout(Space.SPARSE, caller())))
                .isEqualTo("cannot make overlay " + directory + "/no/o.img: no such file or directory");
        assertThat(line(maker, "", layout(Space.SPARSE, caller())))
                .isEqualTo("cannot make overlay : no name for a file");
        var failing = new OverlayMaker("/bin/false", program("debugfs"), temporary, Clock.systemUTC());
        assertThat(line(failing, directory + "/o.img", layout(Space.SPARSE, caller())))
                .isEqualTo("false failed: exit status 1");
        assertNothingIsLeft();
    }

    @Test
    void a_sif_gets_a_partition_that_begins_on_a_page() throws Exception {
        Path image = copy("busybox.sif");
        Sif before = sif(image);
        maker.make(image.toString(), layout(Space.ALLOCATED, caller(), "opt"));
        Sif after = sif(image);
        assertThat(after.descriptors())
                .hasSize(before.descriptors().size() + 1)
                .startsWith(before.descriptors().toArray(new dev.kerr.sif.Descriptor[0]));
        var partition = overlay(image);
        assertThat(partition.fileSystem()).isEqualTo(FileSystem.EXT3);
        assertThat(partition.size()).isEqualTo(SIZE);
        assertThat(partition.offset() % 4096).isZero();
        assertThat(after.descriptors().getLast().partition().orElseThrow().architecture())
                .isEqualTo(Architecture.AMD64);
        Path part = directory.resolve("part");
        try (var in = FileChannel.open(image, StandardOpenOption.READ);
                var out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(in.transferTo(partition.offset(), SIZE, out)).isEqualTo(SIZE);
        }
        check(part);
        assertOwned(part, "/upper/opt", caller());
        assertNothingIsLeft();
    }

    @Test
    void a_sif_gets_no_second_one() throws Exception {
        Path image = copy("busybox.sif");
        maker.make(image.toString(), layout(Space.ALLOCATED, caller()));
        long size = Files.size(image);
        int id = sif(image).descriptors().getLast().id();
        assertThat(line(maker, image.toString(), layout(Space.ALLOCATED, caller())))
                .isEqualTo("image " + image + " has a writable overlay already, object " + id
                        + " (hint: remove it first: kerr sif del " + id + " " + image + ")");
        assertThat(Files.size(image)).isEqualTo(size);
    }

    @Test
    void a_signed_sif_stays_as_it_is_until_its_signatures_are_gone() throws Exception {
        Path image = copy("signed.sif");
        byte[] before = Files.readAllBytes(image);
        var signature = sif(image).descriptors().stream()
                .filter(each -> each.type() == DataType.SIGNATURE)
                .findFirst()
                .orElseThrow();
        assertThat(line(maker, image.toString(), layout(Space.ALLOCATED, caller())))
                .startsWith("image " + image + " is signed, which an overlay in it would break")
                .endsWith("remove signatures first: kerr sif del " + signature.id() + " " + image + ")");
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
        try (var editor = SifEditor.open(image, Clock.systemUTC())) {
            editor.delete(signature.id(), Set.of());
        }
        maker.make(image.toString(), layout(Space.ALLOCATED, caller()));
        assertThat(overlay(image).fileSystem()).isEqualTo(FileSystem.EXT3);
    }

    @Test
    void an_encrypted_sif_and_a_sparse_overlay_in_a_sif_are_refused() throws Exception {
        Path encrypted = copy("gocryptfs.sif");
        assertThat(line(maker, encrypted.toString(), layout(Space.ALLOCATED, caller())))
                .startsWith("image " + encrypted + " is encrypted");
        Path image = copy("busybox.sif");
        assertThat(line(maker, image.toString(), layout(Space.SPARSE, caller())))
                .isEqualTo("an overlay in SIF image " + image + " cannot be sparse"
                        + " (hint: leave --sparse out, or make the overlay a file of its own)");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, (64L << 20) - 1, (64L << 20) + 1, 63L << 20, 1L << 44})
    void a_size_that_ext3_does_not_have_is_a_bug(long size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OverlayLayout(size, Space.SPARSE, List.of(), Ids.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "/a/../b", "../a", "a\nb"})
    void a_directory_outside_is_refused(String name) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> OverlayLayout.directories(List.of(name)))
                .withMessageStartingWith("directory " + name + " of the overlay ");
    }

    private static OverlayLayout layout(Space space, Ids owner, String... directories) {
        try {
            return new OverlayLayout(SIZE, space, OverlayLayout.directories(List.of(directories)), owner);
        } catch (UserException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private static Ids caller() {
        try {
            var caller = Credentials.current();
            return new Ids(caller.uid(), caller.gid());
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static String line(OverlayMaker maker, String name, OverlayLayout layout) {
        var refusal = new String[1];
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> maker.make(name, layout))
                .satisfies(refused -> refusal[0] = refused.line());
        return refusal[0];
    }

    private void assertNothingIsLeft() {
        assertThat(temporary).isEmptyDirectory();
        assertThat(Objects.requireNonNull(directory.toFile().list())).noneMatch(name -> name.startsWith(".kerr"));
    }

    private static long allocated(Path file) throws Exception {
        return 512 * Long.parseLong(output("stat", "-c", "%b", file.toString()).strip());
    }

    private static void check(Path file) throws Exception {
        output(program("e2fsck"), "-f", "-n", file.toString());
    }

    private static void assertOwned(Path file, String path, Ids owner) throws Exception {
        String quoted = "\"" + path.replace("\"", "\"\"") + "\"";
        String stat = output(program("debugfs"), "-R", "stat " + quoted, file.toString());
        assertThat(stat).as(path).contains("Type: directory    Mode:  0755");
        assertThat(stat)
                .as(path)
                .containsPattern("User: +" + Integer.toUnsignedString(owner.uid()) + " +Group: +"
                        + Integer.toUnsignedString(owner.gid()) + " ");
    }

    private static String output(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static Sif sif(Path image) throws IOException {
        try (var channel = FileChannel.open(image, StandardOpenOption.READ)) {
            return Sif.open(channel);
        }
    }

    private Path copy(String name) throws IOException {
        try (var in = OverlayMakerTest.class.getResourceAsStream("/images/" + name)) {
            if (in == null) {
                throw new FileSystemException(name);
            }
            Path copy = directory.resolve(name);
            Files.copy(in, copy);
            return copy;
        }
    }
}
