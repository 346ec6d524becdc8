package dev.kerr.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kerr.linux.Credentials;
import dev.kerr.linux.ProcessStatus;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records beside processes: this one is there, others are not.
class InstancesTest {
    @TempDir
    Path temporary = Path.of("");

    private static final int PATIENCE = 1000;

    private Instances instances = Instances.of(temporary, "node", "ada", 0);
    private final Process apart = start();

    private static Process start() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "no unshare on this host");
        try {
            return new ProcessBuilder(
                            "unshare", "--user", "--pid", "--mount", "--fork", "--kill-child", "sleep", "1000")
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @BeforeEach
    void make_directories() throws IOException {
        instances = Instances.of(temporary, "node", "ada", Credentials.current().uid());
        for (Path directory : instances.directories()) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    @AfterEach
    void end_the_process() {
        apart.destroyForcibly();
    }

    /// A process that has namespaces of processes and mounts of its own, as the first of an instance has.
    private Anchor own() throws IOException {
        for (int i = 0; i < PATIENCE; i++) {
            var child = apart.children().findFirst();
            if (child.isPresent() && child.get().info().command().orElse("").endsWith("sleep")) {
                return anchor(child.get().pid());
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new IOException("unshare has no child");
    }

    private static Anchor anchor(long pid) throws IOException {
        var namespaces = new LinkedHashMap<String, Long>();
        for (String kind : List.of("user", "mnt", "pid")) {
            String link = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + kind))
                    .toString();
            namespaces.put(kind, Long.parseLong(link.substring(kind.length() + 2, link.length() - 1)));
        }
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        var status = ProcessStatus.of(pid).orElseThrow();
        return new Anchor(pid, status.parent(), status.startTime(), boot, namespaces);
    }

    private Path write(String name, Anchor anchor) throws IOException {
        return write(name, name, anchor);
    }

    private Path write(String file, String name, Anchor anchor) throws IOException {
        var template = Instance.template(InstanceTest.about(name));
        var namespaces = new StringBuilder();
        anchor.namespaces()
                .forEach((kind, inode) ->
                        namespaces.append(namespaces.isEmpty() ? "" : ", ").append('"' + kind + "\": " + inode));
        String facts =
                "\"pid\": " + anchor.pid() + ", \"ppid\": " + anchor.parent() + ", \"startTime\": " + anchor.startTime()
                        + ", \"bootId\": \"" + anchor.bootId() + "\", \"namespaces\": {" + namespaces + "}";
        return Files.writeString(
                instances.records().resolve(file + ".json"), template.before() + facts + template.after());
    }

    private List<String> names(String pattern) throws Exception {
        return instances.matching(pattern).stream()
                .map(instance -> instance.about().name().text())
                .toList();
    }

    @Test
    void those_whose_process_is_there_are_listed_by_name() throws Exception {
        write("web2", own());
        write("web1", own());
        write("db", own());
        assertThat(names("*")).containsExactly("db", "web1", "web2");
        assertThat(names("web?")).containsExactly("web1", "web2");
        assertThat(names("[wd]*[b2]")).containsExactly("db", "web2");
        assertThat(names("{db}")).isEmpty();
        assertThat(instances.find(new InstanceName("db"))).isPresent();
        assertThat(instances.find(new InstanceName("nope"))).isEmpty();
    }

    @Test
    void a_pattern_that_is_none_is_refused() {
        assertThatThrownBy(() -> instances.matching("[a")).isInstanceOf(UserException.class);
    }

    @Test
    void what_does_not_fit_its_process_is_removed() throws Exception {
        Anchor own = own();
        var others = Map.of(
                "number", new Anchor(1, own.parent(), own.startTime(), own.bootId(), own.namespaces()),
                "none", new Anchor(4_194_305, own.parent(), own.startTime(), own.bootId(), own.namespaces()),
                "negative", new Anchor(-1, own.parent(), own.startTime(), own.bootId(), own.namespaces()),
                "start", new Anchor(own.pid(), own.parent(), own.startTime() + 1, own.bootId(), own.namespaces()),
                "boot", new Anchor(own.pid(), own.parent(), own.startTime(), "another", own.namespaces()),
                "ours", anchor(ProcessHandle.current().pid()),
                "nowhere", new Anchor(own.pid(), own.parent(), own.startTime(), own.bootId(), Map.of()),
                "elsewhere", new Anchor(own.pid(), own.parent(), own.startTime(), own.bootId(), Map.of("mnt", 1L)));
        for (var other : others.entrySet()) {
            Path file = write(other.getKey(), other.getValue());
            assertThat(instances.find(new InstanceName(other.getKey())))
                    .as(other.getKey())
                    .isEmpty();
            assertThat(file).as(other.getKey()).doesNotExist();
        }
    }

    @Test
    void another_users_process_is_no_instance() throws Exception {
        Path file = write("db", own());
        var others = new Instances(instances.root(), "node", "ada", instances.owner() + 1, false);
        assertThat(own().state(others.owner())).isEqualTo(Anchor.State.GONE);
        assertThat(file).exists();
    }

    @Test
    void what_is_only_looked_at_stays() throws Exception {
        Path file = write("db", new Anchor(1, 1, 1, "b", Map.of()));
        assertThat(instances.toLookAt().find(new InstanceName("db"))).isEmpty();
        assertThat(file).exists();
        assertThat(names("*")).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void a_record_under_another_name_is_removed() throws Exception {
        write("db", own());
        Path copy = write("copy", "db", own());
        assertThat(names("*")).containsExactly("db");
        assertThat(copy).doesNotExist();
    }

    @Test
    void what_is_no_record_is_removed() throws Exception {
        Path damaged = Files.writeString(instances.records().resolve("a.json"), "{");
        Path empty = Files.createFile(instances.records().resolve("b.json"));
        Path link = Files.createSymbolicLink(instances.records().resolve("c.json"), write("real", own()));
        assertThat(names("*")).containsExactly("real");
        assertThat(damaged).doesNotExist();
        assertThat(empty).doesNotExist();
        assertThat(Files.isSymbolicLink(link)).isFalse();
    }

    @Test
    void directories_that_others_can_write_to_are_refused() throws Exception {
        for (Path directory : instances.directories()) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
            assertThatThrownBy(() -> instances.matching("*")).hasMessageContaining(directory + " is not yours alone");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(names("*")).isEmpty();
        var others = new Instances(instances.root(), "node", "ada", instances.owner() + 1, true);
        assertThatThrownBy(() -> others.matching("*")).hasMessageContaining("is not yours alone");
    }

    @Test
    void where_nothing_was_started_there_is_nothing() throws Exception {
        assertThat(Instances.of(temporary.resolve("none"), "node", "ada", 0).matching("*"))
                .isEmpty();
    }
}
