package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Entry.Metadata;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Unpacks as an ordinary user, and as root of a user namespace: in another JVM, which a test run as root starts.
@Timeout(120)
class UnpackingAsOthersTest {
    private static final int USER = 65_534;
    private static final int FIRST_OF_RANGE = 100_000;

    @TempDir
    Path directory;

    private Path into;

    @BeforeEach
    void make_an_image() throws IOException {
        Judges.requireRoot();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        into = Files.createDirectory(directory.resolve("into"));
        var xattrs = new TreeMap<String, byte[]>();
        xattrs.put("trusted.kerr", new byte[] {1});
        xattrs.put("security.kerr", new byte[] {2});
        var attributed = new Metadata(0644, 0, 0, 7, xattrs);
        List<Entry> entries = List.of(
                new Entry.Directory("", new Metadata(0555, 0, 0, 7)),
                new Entry.Directory("d", new Metadata(0000, 0, 0, 7)),
                new Entry.RegularFile("d/attributed", attributed, new byte[5]),
                new Entry.CharacterDevice("d/null", new Metadata(0666, 0, 0, 7), new Inode.DeviceNumber(1, 3)),
                new Entry.Fifo("fifo", new Metadata(0620, 0, 5, 7)),
                new Entry.HardLink("other null", "d/null"),
                new Entry.RegularFile("su", new Metadata(06755, 0, 5, 7), new byte[] {1, 2, 3}),
                new Entry.HardLink("su too", "su"),
                new Entry.Symlink("link", new Metadata(0777, 1, 1, 7), "nowhere"));
        try (var source = EntrySource.of(entries);
                var out = FileChannel.open(
                        directory.resolve("image"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // The one compression that the other JVM has without any library.
            SquashfsWriter.write(out, 0, source, WriterSettings.usual(0).with(new CompressionSetting.Gzip(9)));
        }
    }

    @Test
    void an_ordinary_user_owns_everything_and_gets_no_program_that_runs_as_its_owner() throws Exception {
        own(USER);
        String said = unpackBy("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups");
        assertThat(said)
                .contains("files=6,")
                .contains("device files: d/null and 1 more, owners: / and 5 more, ")
                .contains("trusted.* attributes: d/attributed, security.* attributes: d/attributed]");
        assertThat(listing())
                .containsExactly(
                        " DIRECTORY 555 65534:65534 7 ",
                        "d DIRECTORY 0 65534:65534 7 ",
                        "d/attributed FILE 644 65534:65534 7 5 " + ZEROS,
                        "fifo FIFO 620 65534:65534 7 ",
                        "link SYMLINK 777 65534:65534 7 -> nowhere",
                        "su FILE 755 65534:65534 7 3 57322d9da95b4968 names [su,\\x20su\\x20too]",
                        "su\\x20too FILE 755 65534:65534 7 3 57322d9da95b4968 names [su,\\x20su\\x20too]");
    }

    @Test
    void root_of_a_user_namespace_with_one_id_owns_what_is_of_another() throws Exception {
        own(USER);
        assumeNamespaces("--map-root-user");
        String said = unpackBy(
                "setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "unshare", "--map-root-user");
        assertThat(said).contains("device files: d/null and 1 more, owners: fifo and 2 more, ");
        assertThat(listing())
                .contains("fifo FIFO 620 65534:65534 7 ")
                .contains("su FILE 755 65534:65534 7 3 57322d9da95b4968 names [su,\\x20su\\x20too]");
    }

    @Test
    void root_of_a_user_namespace_with_a_range_of_ids_gives_all_owners() throws Exception {
        own(FIRST_OF_RANGE);
        assumeNamespaces("--user");
        Process holder = new ProcessBuilder("unshare", "--user", "sh", "-c", "echo; read -r end").start();
        String said;
        try {
            map(holder);
            said = unpackBy("nsenter", "--user=/proc/" + holder.pid() + "/ns/user", "--setuid=0", "--setgid=0");
        } finally {
            holder.destroy();
        }
        assertThat(said).contains("device files: d/null and 1 more, trusted.* attributes: d/attributed, security.* ");
        assertThat(listing())
                .contains("fifo FIFO 620 100000:100005 7 ")
                .contains("link SYMLINK 777 100001:100001 7 -> nowhere")
                .contains("su FILE 6755 100000:100005 7 3 57322d9da95b4968 names [su,\\x20su\\x20too]");
    }

    private static final String ZEROS = "e3b0c44298fc1c14";

    private void own(int id) throws IOException {
        Files.setAttribute(into, "unix:uid", id);
        Files.setAttribute(into, "unix:gid", id);
    }

    private static void assumeNamespaces(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare"));
        command.addAll(List.of(options));
        command.add("true");
        assumeTrue(exit(command) == 0, "no user namespaces here: " + String.join(" ", command));
    }

    private static int exit(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /// Unpacks the image in a JVM that `prefix` starts.
    ///
    /// @return what it says of it
    private String unpackBy(String... prefix) throws Exception {
        List<String> reading = new ArrayList<>(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER));
        reading.addAll(List.of("--clear-groups", "test", "-r", place(SquashfsProgram.class), "-a", "-x", java()));
        assumeTrue(exit(reading) == 0, "another user cannot read the classes or run the JDK");
        List<String> command = new ArrayList<>(List.of(prefix));
        command.addAll(List.of(java(), "-Xmx128m", "--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(place(TreeUnpacker.class) + ":" + place(SquashfsProgram.class));
        command.addAll(List.of(SquashfsProgram.class.getName(), "unpack"));
        command.addAll(List.of(directory.resolve("image").toString(), into.toString(), "2"));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /// Gives the namespace of a process its ids, once it is there.
    private static void map(Process holder) throws IOException {
        assertThat(holder.getInputStream().read()).isEqualTo('\n');
        Path proc = Path.of("/proc", Long.toString(holder.pid()));
        Files.writeString(proc.resolve("uid_map"), "0 " + FIRST_OF_RANGE + " 65536");
        Files.writeString(proc.resolve("gid_map"), "0 " + FIRST_OF_RANGE + " 65536");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private List<String> listing() throws IOException {
        return TreeListing.of(DirectorySource.open(into));
    }
}
