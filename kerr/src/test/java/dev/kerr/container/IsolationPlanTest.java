package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kerr.cgroups.Placement;
import dev.kerr.cgroups.Setting;
import dev.kerr.config.Configs;
import dev.kerr.container.Isolation.Namespace;
import dev.kerr.container.Isolation.Processes;
import dev.kerr.log.UserException;
import dev.kerr.network.Connection;
import dev.kerr.network.Network;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What of the plan comes of namespaces of the payload's own.
class IsolationPlanTest {
    private final Situation situation = new Situation();

    private static Isolation processes(Processes processes, boolean masks) {
        return Isolation.of(List.of(), processes).hiding(masks, false);
    }

    private static Isolation namespaces(Namespace... kinds) {
        return Isolation.of(List.of(kinds), Processes.HOST);
    }

    private List<OpCode> codes() throws Exception {
        return situation.plan().ops().stream().map(Op::code).toList();
    }

    @Test
    void an_ordinary_launch_has_no_namespaces_but_of_users_and_mounts() throws Exception {
        assertThat(codes())
                .doesNotContain(
                        OpCode.NAMESPACES,
                        OpCode.HOSTNAME,
                        OpCode.PROCESS_NAMESPACE,
                        OpCode.MASK,
                        OpCode.READ_ONLY,
                        OpCode.KEYRING);
    }

    @Test
    void a_new_network_without_a_namespace_is_no_isolation() {
        var none = new Network(Connection.NONE, List.of());
        assertThatThrownBy(() -> Isolation.NONE.on(none)).isInstanceOf(IllegalArgumentException.class);
        assertThat(namespaces(Namespace.NET).on(none).network()).isEqualTo(none);
    }

    @Test
    void labels_are_set_before_the_filters_and_the_payload() throws Exception {
        var label = new SecurityLabel(SecurityLabel.Module.SELINUX, "a:b:c");
        var security = new Security(Optional.empty(), Optional.empty(), List.of(label));
        situation.isolation = Isolation.NONE.with(Rights.USUAL, security);
        assertThat(codes()).containsSubsequence(OpCode.PROC_WRITE, OpCode.SECCOMP, OpCode.EXEC);
        assertThat(situation.plan().ops()).contains(label.op());
    }

    @Test
    void processes_of_its_own_come_when_everything_is_mounted() throws Exception {
        situation.isolation = processes(Processes.OWN, true);
        var codes = codes();
        int at = codes.indexOf(OpCode.PROCESS_NAMESPACE);
        assertThat(codes.subList(at, at + 5))
                .containsExactly(OpCode.PROCESS_NAMESPACE, OpCode.PROC, OpCode.MASK, OpCode.READ_ONLY, OpCode.ENTER);
        assertThat(situation.text()).contains("process-namespace init").doesNotContain("bind /proc");
    }

    @Test
    void without_an_init_the_payload_is_the_first() throws Exception {
        situation.isolation = processes(Processes.OWN_WITHOUT_INIT, true);
        assertThat(situation.plan().ops()).contains(new IsolationOp.ProcessNamespace(IsolationOp.FirstProcess.PAYLOAD));
    }

    @Test
    void proc_may_be_left_unmasked_for_containers_in_the_container() throws Exception {
        situation.isolation = processes(Processes.OWN, false);
        assertThat(codes()).contains(OpCode.PROC).doesNotContain(OpCode.MASK, OpCode.READ_ONLY);
    }

    @Test
    void a_proc_that_is_left_out_is_not_mounted_anew_either() throws Exception {
        situation.isolation = processes(Processes.OWN, true);
        situation.leftOut = List.of("proc");
        assertThat(codes()).contains(OpCode.PROCESS_NAMESPACE).doesNotContain(OpCode.PROC);
    }

    @Test
    void other_namespaces_are_entered_before_anything_is_mounted() throws Exception {
        situation.isolation = namespaces(Namespace.IPC, Namespace.UTS);
        var codes = codes();
        assertThat(codes.indexOf(OpCode.NAMESPACES))
                .isEqualTo(codes.indexOf(OpCode.MOUNT_NAMESPACE) + 1)
                .isLessThan(codes.indexOf(OpCode.SESSION));
        assertThat(situation.plan().ops()).contains(new IsolationOp.Namespaces(List.of(Namespace.IPC, Namespace.UTS)));
    }

    @Test
    void a_host_name_is_also_in_the_file_that_says_it() throws Exception {
        situation.image.file("/etc/hostname", "of the image\n");
        situation.isolation =
                Isolation.of(List.of(Namespace.UTS), Processes.HOST).named(Optional.of("node"));
        assertThat(situation.plan().ops())
                .contains(new IsolationOp.Hostname("node"))
                .contains(new Op.WriteFile("/files/hostname", 0644, "node\n"))
                .contains(new Op.BindSession("/files/hostname", "/etc/hostname", "ro,nodev"));
    }

    @Test
    void contained_devices_have_message_queues_with_an_ipc_namespace_only() throws Exception {
        situation.contained = true;
        assertThat(situation.text()).doesNotContain("mqueue");
        situation.isolation = namespaces(Namespace.IPC);
        assertThat(situation.plan().ops())
                .contains(new Op.NewMount("/dev/mqueue", "mqueue", "nodev,noexec", List.of()));
    }

    @Test
    void a_keyring_comes_last_before_the_payload() throws Exception {
        situation.isolation = Isolation.of(List.of(), Processes.HOST).hiding(true, true);
        var codes = codes();
        assertThat(codes.indexOf(OpCode.KEYRING)).isGreaterThan(codes.indexOf(OpCode.PRIVILEGES));
    }

    @Test
    void a_site_may_refuse_each_of_them() throws Exception {
        refused("pid", processes(Processes.OWN, true), "PID namespaces are not allowed");
        refused("ipc", namespaces(Namespace.IPC), "IPC namespaces are not allowed");
        refused("uts", namespaces(Namespace.UTS), "UTS namespaces are not allowed");
    }

    private void refused(String kind, Isolation isolation, String message) throws Exception {
        situation.config = Configs.of("allow " + kind + " ns = no");
        situation.isolation = isolation;
        assertThatThrownBy(situation::plan).isInstanceOf(UserException.class).hasMessageContaining(message);
    }

    private static Isolation limited(Optional<Placement.Leaf> leaf) {
        var group = new Placement.Directory(
                "/sys/fs/cgroup/memory/kerr-", List.of(new Setting("memory.limit_in_bytes", "4096")));
        return Isolation.of(List.of(), Processes.OWN).within(Optional.of(new Placement.Direct(leaf, List.of(group))));
    }

    @Test
    void only_the_payload_is_limited() throws Exception {
        situation.isolation = limited(Optional.empty());
        var codes = codes();
        assertThat(codes.indexOf(OpCode.CGROUP)).isLessThan(codes.indexOf(OpCode.SHARE));
        assertThat(codes.indexOf(OpCode.CGROUP_ENTER)).isGreaterThan(codes.indexOf(OpCode.PRIVILEGES));
        assertThat(codes.subList(codes.size() - 3, codes.size()))
                .containsExactly(OpCode.CGROUP_ENTER, OpCode.SECCOMP, OpCode.EXEC);
        assertThat(situation.text())
                .contains("cgroup           '' '' /sys/fs/cgroup/memory/kerr- memory.limit_in_bytes 4096");
    }

    @Test
    void a_launch_that_leaves_its_group_shares_no_mount() throws Exception {
        situation.isolation =
                limited(Optional.of(new Placement.Leaf("/sys/fs/cgroup/a/kerr-outside-", List.of("memory", "pids"))));
        assertThat(codes()).contains(OpCode.CGROUP).doesNotContain(OpCode.SHARE);
        assertThat(situation.text())
                .contains("cgroup           /sys/fs/cgroup/a/kerr-outside- 'memory pids' /sys/fs/cgroup/memory/kerr-");
    }
}
