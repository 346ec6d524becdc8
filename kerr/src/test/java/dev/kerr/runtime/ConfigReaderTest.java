package dev.kerr.runtime;

import static dev.kerr.runtime.Bundles.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.container.SecurityLabel;
import dev.kerr.container.SecurityLabel.Module;
import dev.kerr.linux.Capability;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @Test
    void what_runc_writes_is_read() throws UserException {
        var config = Bundles.read(Bundles.config("user"));
        assertThat(config.process().arguments()).containsExactly("sh");
        assertThat(config.process().environment()).hasSize(2);
        assertThat(config.process().rights().noNewPrivileges()).isTrue();
        assertThat(config.process().rights().bounding())
                .isEqualTo(Capability.KILL.mask() | Capability.AUDIT_WRITE.mask() | Capability.NET_BIND_SERVICE.mask());
        assertThat(config.process().rlimits().getFirst())
                .isEqualTo(new BundleConfig.Rlimit("RLIMIT_NOFILE", 7, 1024, 1024));
        assertThat(config.root()).isEqualTo(new BundleConfig.RootDirectory("rootfs", true));
        assertThat(config.mounts()).hasSize(7);
        assertThat(config.linux().users()).containsExactly(new BundleConfig.IdMapping(0, 1001, 1));
        assertThat(config.linux().hasNew("user")).isTrue();
        assertThat(config.linux().hasNew("network")).isFalse();
        assertThat(config.linux().limits().isNone()).isTrue();
    }

    @Test
    void unknown_members_are_ignored_as_the_specification_demands() throws UserException {
        var config = Bundles.read(Bundles.config("user", change("linux/ofTheFuture", "{\"x\": 1}")));
        assertThat(config.version()).isEqualTo("1.0.2-dev");
    }

    /// What is wrong: a member, by slashes, its new value, and what is said of it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ociVersion|\"2.0.0\"|ociVersion 2.0.0 is not supported",
                "ociVersion|null|ociVersion is missing",
                "ociVersion|1|ociVersion is no text",
                "process|null|process is missing",
                "process|[]|process is no object",
                "process/args|null|process.args is missing",
                "process/args|[]|process.args is missing",
                "process/args|\"sh\"|process.args is no list",
                "process/args|[1]|process.args has an element that is no text",
                "process/args|[\"\"]|process.args names no program",
                "process/args|[\"a\\u0000b\"]|process.args has a NUL character",
                "process/cwd|\"tmp\"|process.cwd tmp is not absolute",
                "process/cwd|null|process.cwd is missing",
                "process/env|[\"A\"]|process.env has \"A\", which is not NAME=value",
                "process/env|[\"=b\"]|process.env has \"=b\", which is not NAME=value",
                "process/user|{\"uid\": -1}|process.user.uid is no whole number from 0 to 2147483647",
                "process/user|{\"uid\": 4294967296}|process.user.uid is no whole number from 0 to 2147483647",
                "process/user|{\"uid\": 1.5}|process.user.uid is no whole number",
                "process/user|{\"umask\": 512}|process.user.umask is no whole number from 0 to 511",
                "process/user|{\"additionalGids\": [-4]}|additionalGids has an element that is no id",
                "process/capabilities|{\"bounding\": [\"CAP_NONE\"]}|bounding has \"CAP_NONE\"",
                "process/capabilities|{\"bounding\": [\"kill\"]}|bounding has \"kill\"",
                "process/rlimits|[{\"type\": \"RLIMIT_X\"}]|process.rlimits[0].type RLIMIT_X is no limit of Linux",
                "process/rlimits|[{\"type\": \"RLIMIT_CPU\", \"soft\": 2, \"hard\": 1}]|[0].soft is above",
                "process/rlimits|[{\"type\": \"RLIMIT_CPU\", \"soft\": -2, \"hard\": 1}]|[0].soft is no",
                "process/oomScoreAdj|1001|process.oomScoreAdj is no whole number from -1000 to 1000",
                "process/noNewPrivileges|1|process.noNewPrivileges is neither true nor false",
                "process/scheduler|{\"policy\": \"SCHED_FIFO\"}|process.scheduler is not supported",
                "root|null|root is missing",
                "root|{}|root.path is missing",
                "mounts|[{}]|mounts[0].destination is missing",
                "mounts|[{\"destination\": \"x\"}]|mounts[0].destination x is not absolute",
                "mounts|[{\"destination\": \"/a/../../b\"}]|mounts[0].destination /a/../../b leads upwards by ..",
                "hooks|{\"poststop\": [{\"path\": \"x\"}]}|hooks.poststop[0].path x is not absolute",
                "hooks|{\"poststop\": [{\"path\": \"/x\", \"timeout\": 0}]}|timeout is no whole number",
                "annotations|{\"a\": 1}|annotations.a is no text",
                "linux|null|linux is missing",
                "linux/namespaces|[]|linux.namespaces has no mount namespace",
                "linux/namespaces|[{\"type\": \"time\"}]|linux.namespaces[0].type time is not supported",
                "linux/namespaces|[{\"type\": \"pid\"}, {\"type\": \"pid\"}]|[1].type pid is there twice",
                "linux/namespaces|[{\"type\": \"mount\", \"path\": \"/x\"}]|[0].path is not supported",
                "linux/namespaces|[{\"type\": \"ipc\", \"path\": \"x\"}]|linux.namespaces[0].path x is not absolute",
                "linux/uidMappings|[{\"containerID\": 0, \"hostID\": 0, \"size\": 0}]|[0].size is no",
                "linux/cgroupsPath|\"a/../b\"|linux.cgroupsPath a/../b leads upwards by ..",
                "linux/cgroupsPath|\"s.slice:a:b\"|linux.cgroupsPath s.slice:a:b is not supported",
                "linux/sysctl|{\"kernel.panic\": \"1\"}|linux.sysctl has kernel.panic, which is the host's",
                "linux/sysctl|{\"net.a\": \"1\"}|linux.sysctl has net.a, which needs a network namespace",
                "linux/sysctl|{\"fs.mqueue./../x\": \"1\"}|linux.sysctl has fs.mqueue./../x",
                "linux/rootfsPropagation|\"shared\"|linux.rootfsPropagation shared is not supported",
                "linux/personality|{\"domain\": \"X\"}|linux.personality.domain X is neither LINUX nor LINUX32",
                "linux/intelRdt|{\"closID\": \"x\"}|linux.intelRdt is not supported",
                "linux/timeOffsets|{\"monotonic\": {}}|linux.timeOffsets is not supported",
                "linux/maskedPaths|[\"x\"]|linux.maskedPaths has x, which is not absolute",
                "linux/devices|[{\"path\": \"/x\", \"type\": \"p\"}]|linux.devices[0].type p is not supported",
                "linux/devices|[{\"path\": \"x\", \"type\": \"c\"}]|linux.devices[0].path x is no absolute path",
                "linux/resources|{\"cpu\": {\"shares\": \"x\"}}|linux.resources.cpu.shares is no number",
                "linux/resources|{\"cpu\": {\"idle\": 1}}|linux.resources.cpu.idle is not supported",
                "linux/resources|{\"unified\": {\"../x.y\": \"1\"}}|linux.resources.unified has ../x.y",
                "linux/resources|{\"devices\": [{\"type\": \"c\", \"major\": 1}]}|devices[0].allow is not"
            })
    void what_is_wrong_is_named(String path, String json, String message) {
        byte[] config = Bundles.config("user", change(path, json));
        assertThatThrownBy(() -> Bundles.read(config))
                .isInstanceOf(UserException.class)
                .hasMessageMatching("(?s)config.json:[0-9]+: .*")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"apparmorProfile, APPARMOR", "selinuxLabel, SELINUX"})
    void labels_need_the_module_of_the_kernel(String member, Module module) throws UserException {
        byte[] config = Bundles.config("user", change("process/" + member, "\"x\""));
        if (module.isActive()) {
            assertThat(Bundles.read(config).process().labels()).containsExactly(new SecurityLabel(module, "x"));
        } else {
            assertThatThrownBy(() -> Bundles.read(config))
                    .hasMessageContaining("process." + member + " cannot be done: the kernel of this host runs without "
                            + module.title());
        }
    }

    @Test
    void the_line_is_that_of_the_member() {
        String text = """
                {
                  "ociVersion": "1.0.2",
                  "process": {
                    "env": ["cwd"],
                    "user": {"cwd": "not this one"},
                    "args": ["x"],
                    "cwd": "relative"
                  }
                }
                """;
        assertThatThrownBy(() -> Bundles.read(text.getBytes(StandardCharsets.UTF_8)))
                .hasMessage("config.json:1: root is missing");
        String rooted = text.replace("\"process\"", "\"root\": {\"path\": \"x\"}, \"process\"");
        assertThatThrownBy(() -> Bundles.read(rooted.getBytes(StandardCharsets.UTF_8)))
                .hasMessage("config.json:7: process.cwd relative is not absolute");
    }

    @Test
    void what_is_no_json_is_refused_with_its_line() {
        for (String text : List.of("", "[]", "{\n\"a\": ", "{\"a\": 1, \"a\": 2}", "{}{}", "nonsense")) {
            assertThatThrownBy(() -> Bundles.read(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("config.json:");
        }
        String deep = "{\"a\":".repeat(5000);
        assertThatThrownBy(() -> Bundles.read(deep.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nested too deep");
    }

    @Test
    void a_truncated_document_is_refused_at_every_byte() {
        byte[] whole = Bundles.config("root");
        for (int size = 0; size < whole.length - 2; size += 7) {
            byte[] part = java.util.Arrays.copyOf(whole, size);
            assertThatThrownBy(() -> Bundles.read(part)).isInstanceOf(UserException.class);
        }
    }
}
