package dev.kerr.runtime;

import static dev.kerr.runtime.Bundles.change;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.cgroups.NamedGroups;
import dev.kerr.cgroups.Setting;
import dev.kerr.container.Golden;
import dev.kerr.container.Op;
import dev.kerr.container.Plan;
import dev.kerr.log.UserException;
import dev.kerr.runtime.BundlePlanner.Asked;
import dev.kerr.runtime.BundlePlanner.Manner;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundlePlanTest {
    private static final Asked WAIT = new Asked(Manner.WAIT, "/run/pid", "", 0);
    private static final String SUBIDS = """
            [{"containerID": 0, "hostID": 1001, "size": 1}, {"containerID": 1, "hostID": 100000, "size": 65536}]""";

    private static Plan plan(byte[] config, HostView.Caller caller) throws UserException {
        return plan(config, caller, WAIT, List.of(), List.of());
    }

    private static Plan plan(
            byte[] config,
            HostView.Caller caller,
            Asked asked,
            List<NamedGroups.Group> groups,
            List<Op.Seccomp> filters)
            throws UserException {
        var making = new BundlePlanner.Making(
                "one",
                Path.of("/bundle"),
                List.of(Path.of("/run/oci")),
                Path.of("/run/oci/one"),
                asked,
                groups,
                filters,
                true,
                new ContainerRecord.Texts("{", "}", "{\"id\": \"one\""));
        return BundlePlanner.plan(Bundles.read(config), making, Bundles.HOST, caller);
    }

    private static void check(String name, Plan plan) {
        Golden.check("runtime/plans/" + name + ".txt", plan.text());
    }

    @Test
    void the_usual_bundle_of_a_user() throws UserException {
        check("user", plan(Bundles.config("user"), Bundles.USER));
    }

    @Test
    void the_usual_bundle_of_root() throws UserException {
        check("root", plan(Bundles.config("root"), Bundles.ROOT));
    }

    @Test
    void a_user_with_sub_ids() throws UserException {
        byte[] config = Bundles.config(
                "user",
                change("linux/uidMappings", SUBIDS),
                change("linux/gidMappings", SUBIDS),
                change("process/user", "{\"uid\": 5, \"gid\": 6, \"additionalGids\": [7], \"umask\": 63}"));
        check("sub-ids", plan(config, Bundles.USER));
    }

    @Test
    void root_with_mapped_ids() throws UserException {
        String map = "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]";
        byte[] config = Bundles.config(
                "root",
                change("linux/namespaces", "[{\"type\": \"mount\"}, {\"type\": \"user\"}, {\"type\": \"pid\"}]"),
                change("hostname", "null"),
                change("linux/uidMappings", map),
                change("linux/gidMappings", map));
        check("root-mapped", plan(config, Bundles.ROOT));
    }

    @Test
    void namespaces_that_are_there() throws UserException {
        byte[] config = Bundles.config("root", change("linux/namespaces", """
                        [{"type": "mount"}, {"type": "network", "path": "/run/netns/x"},
                         {"type": "pid", "path": "/proc/7/ns/pid"}, {"type": "uts", "path": "/proc/7/ns/uts"},
                         {"type": "cgroup"}]"""));
        check("joined", plan(config, Bundles.ROOT));
    }

    @Test
    void mounts_of_all_kinds() throws UserException {
        byte[] config = Bundles.config("user", change("mounts", """
                        [{"destination": "/proc", "type": "proc", "options": ["ro"]},
                         {"destination": "/p2", "type": "proc", "options": ["hidepid=2", "nosuid"]},
                         {"destination": "/data", "type": "bind", "source": "/data",
                          "options": ["rbind", "rro", "rslave"]},
                         {"destination": "/etc/file", "source": "/etc/file", "options": ["bind", "noatime", "nosuid"]},
                         {"destination": "/own", "type": "bind", "source": "own",
                          "options": ["nodev", "dev", "private"]},
                         {"destination": "/dev/pts", "type": "devpts", "options": ["gid=0", "newinstance"]},
                         {"destination": "/t", "type": "tmpfs", "source": "x",
                          "options": ["size=1m", "noexec", "ro"]}]"""));
        check("mounts", plan(config, Bundles.USER));
    }

    @Test
    void hooks_of_all_phases() throws UserException {
        var hooks = new StringBuilder("{");
        for (String phase :
                List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")) {
            hooks.append(hooks.length() == 1 ? "" : ", ")
                    .append("\"" + phase + "\": [{\"path\": \"/h\", \"args\": [\"h\", \"" + phase
                            + "\"], \"env\": [\"A=b\"], \"timeout\": 3}]");
        }
        check("hooks", plan(Bundles.config("user", change("hooks", hooks + "}")), Bundles.USER));
    }

    @Test
    void a_terminal() throws UserException {
        byte[] config = Bundles.config(
                "user",
                change("process/terminal", "true"),
                change("process/consoleSize", "{\"width\": 80, \"height\": 25}"));
        check("terminal", plan(config, Bundles.USER, new Asked(Manner.LEAVE, "", "/run/s", 2), List.of(), List.of()));
    }

    @Test
    void control_groups() throws UserException {
        var groups = List.of(
                new NamedGroups.Group("/sys/fs/cgroup/pids/x", List.of(new Setting("pids.max", "5"))),
                new NamedGroups.Group("/sys/fs/cgroup/freezer/x", List.of()));
        byte[] config = Bundles.config("root", change("process/oomScoreAdj", "100"));
        check("groups", plan(config, Bundles.ROOT, WAIT, groups, List.of()));
    }

    @Test
    void filters_that_need_privilege_come_before_it_goes() throws UserException {
        var filters = List.of(new Op.Seccomp("060000000000ff7f"));
        byte[] config = Bundles.config("root", change("process/noNewPrivileges", "false"));
        check("seccomp-privileged", plan(config, Bundles.ROOT, WAIT, List.of(), filters));
        check("seccomp", plan(Bundles.config("root"), Bundles.ROOT, WAIT, List.of(), filters));
    }

    @Test
    void settings_of_the_kernel() throws UserException {
        byte[] config = Bundles.config(
                "root",
                change("domainname", "\"example\""),
                change("linux/personality", "{\"domain\": \"LINUX32\"}"),
                change("linux/rootfsPropagation", "\"rslave\""),
                change("linux/devices", "[{\"path\": \"/dev/fuse\", \"type\": \"c\", \"major\": 10, \"minor\": 229}]"),
                change("linux/resources", "{\"devices\": [{\"allow\": true}]}"),
                change("linux/sysctl", "{\"net.ipv4.ip_forward\": \"1\", \"kernel.msgmax\": \"9\"}"));
        check("settings", plan(config, Bundles.ROOT, new Asked(Manner.STAY, "", "", 0), List.of(), List.of()));
    }

    @Test
    void a_further_process() throws UserException {
        var config = Bundles.read(Bundles.config("user"));
        var record = new ContainerRecord(
                "one",
                "/bundle",
                0,
                List.of("/sys/fs/cgroup/pids/x"),
                ContainerRecord.Anchor.NOBODY,
                config.json(),
                new ContainerRecord.Anchor(7, 8, "boot"),
                java.util.Map.of("mnt", 1L, "pid", 2L));
        check("exec", ExecPlanner.exec(record, config.process(), WAIT, List.of(), Bundles.USER));
        check("start", ExecPlanner.start(record, "/run/oci/one"));
        check("delete", ExecPlanner.delete(record, "/run/oci/one", true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "root/path|\"none\"|root.path: /bundle/none is no directory",
                "linux/namespaces|[{\"type\": \"mount\"}]|has no user namespace, which an ordinary user needs",
                "linux/uidMappings|[]|are needed for a new user namespace",
                "process/user|{\"uid\": 1}|process.user.uid 1 is not in linux.uidMappings",
                "process/user|{\"gid\": 1}|process.user.gid 1 is not in linux.gidMappings",
                "process/user|{\"additionalGids\": [0]}|process.user.additionalGids are not supported",
                "mounts|[{\"destination\": \"/\", \"type\": \"tmpfs\"}]|/ is not supported",
                "mounts|[{\"destination\": \"/x\", \"type\": \"ext4\"}]|\"ext4\" is not supported",
                "mounts|[{\"destination\": \"/x\", \"type\": \"bind\", \"source\": \"/y\"}]|/y does not exist",
                "mounts|[{\"destination\": \"/x\", \"type\": \"bind\"}]|source is missing",
                "mounts|[{\"destination\": \"/x\", \"source\": \"/sys\", \"options\": [\"bind\", \"z\"]}]|z means",
                "mounts|[{\"destination\": \"/x\", \"type\": \"tmpfs\", \"options\": [\"rshared\"]}]|rshared is not",
                "mounts|[{\"destination\": \"/x\", \"type\": \"cgroup\"}]|must have \"ro\"",
                "mounts|[{\"destination\": \"/x\", \"type\": \"devpts\", \"options\": [\"gid=5\"]}]|no such group",
                "linux/devices|[{\"path\": \"/dev/fuse\", \"type\": \"c\", \"major\": 1, \"minor\": 1}]|no device c 1:1"
            })
    void what_cannot_be_is_refused_by_name(String path, String json, String message) {
        byte[] config = Bundles.config("user", change(path, json));
        assertThatThrownBy(() -> plan(config, Bundles.USER))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void without_newuidmap_a_range_of_ids_is_refused() {
        byte[] config = Bundles.config("user", change("linux/uidMappings", SUBIDS));
        var caller = new HostView.Caller(1001, 1001, false, "", "");
        assertThatThrownBy(() -> plan(config, caller)).hasMessageContaining("newuidmap is not there");
    }

    @Test
    void a_host_name_needs_a_namespace() {
        byte[] config =
                Bundles.config("root", change("linux/namespaces", "[{\"type\": \"mount\"}, {\"type\": \"pid\"}]"));
        assertThatThrownBy(() -> plan(config, Bundles.ROOT)).hasMessageContaining("hostname is not supported");
    }
}
