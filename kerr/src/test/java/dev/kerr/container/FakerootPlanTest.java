package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Writable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is particular to a payload that is root of its user namespace.
class FakerootPlanTest {
    @TempDir
    Path temporary = Path.of("");

    private final Situation situation = new Situation();

    @BeforeEach
    void the_caller_is_root_in_the_container() {
        situation.subIds();
        situation.identity = Identity.FAKEROOT;
    }

    @Test
    void the_caller_s_home_is_root_s() throws Exception {
        assertThat(situation.text().replaceAll(" +", " "))
                .contains("bind /home/ada /root nodev\n", "env-set HOME /root\n")
                .doesNotContain("bind /home/ada /home/ada");
    }

    @Test
    void all_its_capabilities_are_in_a_user_namespace_inside_the_one_that_mounts() throws Exception {
        assertThat(situation.plan().ops())
                .containsSubsequence(
                        new Op.Plain(OpCode.ENTER),
                        new Op.UserNamespace("0 0 1\n1 1 65536", "0 0 1\n1 1 65536", "root", "root"),
                        new Op.Plain(OpCode.MOUNT_NAMESPACE),
                        new Op.Privileges(true, 0, -1, -1, 0))
                .filteredOn(Op.UserNamespace.class::isInstance)
                .hasSize(2);
    }

    @Test
    void with_processes_of_its_own_it_sees_no_server_and_one_user_namespace_is_enough() throws Exception {
        situation.isolation = Isolation.of(List.of(), Isolation.Processes.OWN);
        assertThat(situation.plan().ops())
                .filteredOn(Op.UserNamespace.class::isInstance)
                .hasSize(1);
    }

    @Test
    void its_own_namespaces_belong_to_the_inner_one() throws Exception {
        situation.isolation = Isolation.of(List.of(Isolation.Namespace.UTS), Isolation.Processes.HOST);
        assertThat(situation.plan().ops())
                .containsSubsequence(
                        new Op.Plain(OpCode.ENTER),
                        new Op.Plain(OpCode.MOUNT_NAMESPACE),
                        new IsolationOp.Namespaces(List.of(Isolation.Namespace.UTS)));
    }

    @Test
    void a_writable_sandbox_keeps_its_own_account_files_so_that_users_can_be_added() throws Exception {
        situation.sandbox(temporary.resolve("sandbox"));
        situation.writable = Writable.YES;
        assertThat(situation.text()).doesNotContain("bind-session");
    }

    @Test
    void groups_of_the_caller_that_are_not_mapped_are_not_named() throws Exception {
        assertThat(situation.text()).doesNotContain("ada:x:1000");
    }

    @Test
    void with_one_id_root_is_emulated_by_a_filter() throws Exception {
        situation.identity = new Identity.Fakeroot(RootMapping.EMULATED);
        assertThat(situation.plan().ops())
                .containsSubsequence(
                        new Op.UserNamespace("0 1000 1", "0 1000 1", "", ""),
                        new Op.Privileges(true, 0, -1, -1, 0),
                        EmulatedRoot.filter(situation.host()))
                .filteredOn(Op.UserNamespace.class::isInstance)
                .hasSize(2);
    }

    @Test
    void with_one_id_and_no_emulation_there_is_no_filter_of_it() throws Exception {
        situation.identity = new Identity.Fakeroot(RootMapping.SINGLE);
        assertThat(situation.plan().ops())
                .contains(new Op.UserNamespace("0 1000 1", "0 1000 1", "", ""))
                .doesNotContain(EmulatedRoot.filter(situation.host()));
    }

    @Test
    void apt_is_told_to_stay_root_where_it_is_emulated_and_there_is_apt() throws Exception {
        situation.image.directories("/etc/apt", "/.singularity.d/libs");
        situation.identity = new Identity.Fakeroot(RootMapping.EMULATED);
        assertThat(situation.text().replaceAll(" +", " "))
                .contains("file /libs/apt.conf 644 'APT::Sandbox::User \"root\";\\n'")
                .contains("bind-session /libs /.singularity.d/libs ro,nodev")
                .contains("env-set APT_CONFIG /.singularity.d/libs/apt.conf");
        situation.identity = Identity.FAKEROOT;
        assertThat(situation.text()).doesNotContain("APT_CONFIG");
    }

    @Test
    void root_itself_is_not_emulated() throws Exception {
        situation.root().identity = new Identity.Fakeroot(RootMapping.EMULATED);
        assertThat(situation.plan().ops())
                .doesNotContain(EmulatedRoot.filter(situation.host()))
                .noneMatch(Op.UserNamespace.class::isInstance);
    }

    @Test
    void steps_outside_the_container_are_emulated_too() throws Exception {
        situation.step("/usr/bin/true");
        var plan = Planner.planOnHost(situation.spec(), RootMapping.EMULATED, situation.host());
        assertThat(plan.ops()).contains(EmulatedRoot.filter(situation.host()));
    }
}
