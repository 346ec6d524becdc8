package dev.kerr.runtime;

import static dev.kerr.runtime.Bundles.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.linux.ProcessStatus;
import dev.kerr.log.UserException;
import dev.kerr.runtime.ContainerRecord.Anchor;
import dev.kerr.runtime.Containers.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainersTest {
    @TempDir
    Path temporary;

    private Containers containers = new Containers(Path.of("/"), 0);
    private final long self = ProcessHandle.current().pid();
    private String bootId = "";

    @BeforeEach
    void make() throws IOException {
        int uid = (Integer) Files.getAttribute(temporary, "unix:uid");
        Path root = Files.createDirectory(
                temporary.resolve("state"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        containers = new Containers(root, uid);
        bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    private void record(String id, long pid, long startTime, String boot) throws IOException, UserException {
        record(id, new Anchor(pid, startTime, boot), Anchor.NOBODY, Bundles.read(Bundles.config("user")));
    }

    private void record(String id, Anchor process, Anchor runner, BundleConfig config) throws IOException {
        Path directory = Files.createDirectory(
                containers.directory(id),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var texts = ContainerRecord.texts(id, "/bundle", 1, List.of("/sys/fs/cgroup/x"), runner, config);
        Files.writeString(
                directory.resolve("state.json"),
                texts.before() + "\"pid\": " + process.pid() + ", \"ppid\": 1, \"startTime\": " + process.startTime()
                        + ", \"bootId\": \"" + process.bootId() + "\", \"namespaces\": {\"mnt\": 7}" + texts.after());
    }

    private long startTime() {
        return ProcessStatus.of(self).orElseThrow().startTime();
    }

    private Status status(String id) throws IOException, UserException {
        return containers.get(id).status();
    }

    @Test
    void a_record_counts_with_its_process() throws IOException, UserException {
        record("one", self, startTime(), bootId);
        assertThat(status("one")).isEqualTo(Status.RUNNING);
        assertThat(containers.get("one").pid()).isEqualTo(self);
        Files.createFile(containers.directory("one").resolve("start"));
        assertThat(status("one")).isEqualTo(Status.CREATED);
    }

    @Test
    void another_process_of_the_same_number_is_not_it() throws IOException, UserException {
        record("later", self, startTime() + 1, bootId);
        record("rebooted", self, startTime(), "another");
        record("gone", Integer.MAX_VALUE, 1, bootId);
        assertThat(status("later")).isEqualTo(Status.STOPPED);
        assertThat(status("rebooted")).isEqualTo(Status.STOPPED);
        assertThat(status("gone")).isEqualTo(Status.STOPPED);
        assertThat(containers.get("later").pid()).isZero();
    }

    @Test
    void what_a_killed_runner_leaves_is_swept_away() throws IOException, UserException {
        var config = Bundles.read(Bundles.config("user"));
        var ended = new Anchor(Integer.MAX_VALUE, 1, bootId);
        var alive = new Anchor(self, startTime(), bootId);
        record("left", ended, ended, config);
        record("awaited", ended, alive, config);
        record("running", alive, ended, config);
        record("created", ended, Anchor.NOBODY, config);
        record(
                "hooked",
                ended,
                ended,
                Bundles.read(Bundles.config("user", change("hooks", "{\"poststop\": [{\"path\": \"/x\"}]}"))));
        containers.sweep();
        assertThat(containers.all().stream().map(Containers.Found::id))
                .containsExactly("awaited", "created", "hooked", "running");
        assertThat(Anchor.ofParent().isAlive()).isTrue();
    }

    @Test
    void a_directory_without_a_record_is_being_made() throws IOException, UserException {
        record("one", self, startTime(), bootId);
        Files.delete(containers.directory("one").resolve("state.json"));
        assertThat(status("one")).isEqualTo(Status.CREATING);
        assertThat(containers.all()).hasSize(1);
    }

    @Test
    void the_state_has_the_members_of_the_specification() throws IOException, UserException {
        record("one", self, startTime(), bootId);
        assertThat(containers.get("one").state().members().keySet())
                .containsExactly("ociVersion", "id", "bundle", "annotations", "status", "pid");
    }

    @Test
    void what_others_may_write_to_is_refused() throws IOException, UserException {
        record("one", self, startTime(), bootId);
        Files.setPosixFilePermissions(containers.directory("one"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> containers.get("one")).hasMessageContaining("is not yours alone");
        assertThatThrownBy(() -> new Containers(containers.root(), 12345).get("one"))
                .hasMessageContaining("is not yours alone");
    }

    @Test
    void what_is_no_record_is_said_to_be_none() throws IOException, UserException {
        record("one", self, startTime(), bootId);
        for (String text : List.of("", "{", "{}", "{\"record\": 2}", "[]")) {
            Files.writeString(containers.directory("one").resolve("state.json"), text);
            assertThatThrownBy(() -> containers.get("one")).as(text).hasMessageContaining("cannot be read");
        }
    }

    @Test
    void ids_are_names_of_directories() throws UserException {
        for (String id : List.of("", ".", "..", "a/b", "a b", "ä", "x".repeat(256))) {
            assertThatThrownBy(() -> Containers.checkId(id)).as(id).hasMessageContaining("is no id for a container");
        }
        assertThat(Containers.checkId("n0.root.1.0.0")).isEqualTo("n0.root.1.0.0");
    }

    @Test
    void what_is_not_there_is_not_found() throws IOException, UserException {
        assertThat(containers.find("one")).isEmpty();
        assertThatThrownBy(() -> containers.get("one")).hasMessage("container one does not exist");
    }
}
