package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.cgroups.Placement.Direct;
import dev.kerr.cgroups.Placement.Directory;
import dev.kerr.cgroups.Placement.Leaf;
import dev.kerr.cgroups.Placer.Caller;
import dev.kerr.cgroups.Placer.Systemd;
import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlacerTest {
    private static final Caller ROOT = new Caller(true, Set.of(700L, 701L), new Systemd.None("systemd does not run"));
    private static final Caller USER = new Caller(false, Set.of(700L, 701L), new Systemd.None("there is no bus"));
    private static final Caller USER_WITH_SYSTEMD = new Caller(false, Set.of(700L, 701L), new Systemd.Manager(true));
    private static final String SESSION = "/user.slice/user-1000.slice/session-3.scope";
    private static final String JOB = "/system.slice/slurmstepd.scope/job_7/step_0/user/task_0";

    private static Placement place(String options, FakeHost host, Caller caller) throws UserException {
        return Placer.place(OptionLimitsTest.limits(options), Hierarchy.of("self", host, Optional.empty()), caller);
    }

    private static void refused(String options, FakeHost host, Caller caller, String line) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> place(options, host, caller))
                .satisfies(wrong -> assertThat(wrong.line()).isEqualTo(line));
    }

    private static Direct groups(Directory... directories) {
        return new Direct(Optional.empty(), List.of(directories));
    }

    private static Directory group(String prefix, String... settings) {
        var list = new java.util.ArrayList<Setting>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            list.add(new Setting(setting.substring(0, equals), setting.substring(equals + 1)));
        }
        return new Directory(prefix, list);
    }

    private static FakeHost v1(String controller, String group) {
        return FakeHost.v1(new TreeMap<>(Map.of(controller, group)));
    }

    // ---- version 1

    @Test
    void root_on_version_1_has_a_group_below_its_own_of_each_controller_that_is_needed() throws Exception {
        var host = FakeHost.v1(new TreeMap<>(Map.of("memory", "/", "pids", "/a/b", "cpu", "/")))
                .writable("/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids/a/b", "/sys/fs/cgroup/cpu");
        assertThat(place("--memory=1g --pids-limit=5", host, ROOT))
                .isEqualTo(groups(
                        group("/sys/fs/cgroup/memory/kerr-", "memory.limit_in_bytes=1073741824"),
                        group("/sys/fs/cgroup/pids/a/b/kerr-", "pids.max=5")));
    }

    @Test
    void a_job_of_slurm_on_version_1_is_not_left() throws Exception {
        var host = v1("memory", "/slurm/uid_0/job_7/step_0").writable("/sys/fs/cgroup/memory/slurm/uid_0/job_7/step_0");
        assertThat(place("--memory=1g", host, ROOT))
                .isEqualTo(groups(group(
                        "/sys/fs/cgroup/memory/slurm/uid_0/job_7/step_0/kerr-", "memory.limit_in_bytes=1073741824")));
    }

    @Test
    void a_set_of_processors_is_within_that_of_the_caller() throws Exception {
        var host = v1("cpuset", "/job")
                .writable("/sys/fs/cgroup/cpuset/job")
                .file("/sys/fs/cgroup/cpuset/job/cpuset.cpus", "1-2\n")
                .file("/sys/fs/cgroup/cpuset/job/cpuset.mems", "0\n");
        assertThat(place("--cpuset-cpus=1", host, ROOT))
                .isEqualTo(groups(group("/sys/fs/cgroup/cpuset/job/kerr-", "cpuset.cpus=1", "cpuset.mems=0")));
        refused(
                "--cpuset-cpus=0-1",
                host,
                ROOT,
                "--cpuset-cpus 0-1: the caller itself may not use processors 0 (hint: it may use 1-2)");
    }

    @Test
    void a_container_sees_its_group_at_the_mount_point() throws Exception {
        var host = FakeHost.ofProcessors(4)
                .file("/proc/self/cgroup", "4:memory:/docker/abc/inner\n")
                .file(
                        "/proc/self/mountinfo",
                        "32 31 0:29 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")
                .writable("/sys/fs/cgroup/memory/inner");
        assertThat(place("--memory=1g", host, ROOT))
                .isEqualTo(groups(group("/sys/fs/cgroup/memory/inner/kerr-", "memory.limit_in_bytes=1073741824")));
    }

    @Test
    void controllers_may_share_a_hierarchy_of_version_1() throws Exception {
        var host = FakeHost.ofProcessors(4)
                .file("/proc/self/cgroup", "4:cpu,cpuset:/\n1:name=systemd:/\n")
                .file(
                        "/proc/self/mountinfo",
                        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuset rw - cgroup cgroup rw,cpu,cpuset\n")
                .writable("/sys/fs/cgroup/cpu,cpuset");
        assertThat(place("--cpu-shares=10 --cpuset-cpus=1", host, ROOT))
                .isEqualTo(groups(group("/sys/fs/cgroup/cpu,cpuset/kerr-", "cpu.shares=10", "cpuset.cpus=1")));
    }

    @Test
    void a_user_on_version_1_is_refused_unless_the_directory_is_his() throws Exception {
        refused(
                "--memory=1g",
                v1("memory", "/"),
                USER,
                "--memory cannot be applied: the caller may make no group in /sys/fs/cgroup/memory (hint: memory is of"
                        + " cgroup version 1 on this host, which is root's: boot with"
                        + " systemd.unified_cgroup_hierarchy=1, or let root give you that directory)");
        var given = v1("memory", "/ada").writable("/sys/fs/cgroup/memory/ada");
        assertThat(place("--memory=1g", given, USER)).isInstanceOf(Direct.class);
    }

    @Test
    void a_controller_that_no_hierarchy_has_is_refused() {
        refused(
                "--pids-limit=5",
                v1("memory", "/"),
                ROOT,
                "--pids-limit cannot be applied: in the caller's group /sys/fs/cgroup/unified there is no pids, and"
                        + " systemd does not run (hint: log in so that systemd runs for you, or start it in a group of"
                        + " its own that is yours)");
    }

    @Test
    void files_of_version_2_are_refused_where_their_controller_is_of_version_1() {
        var hierarchy = Hierarchy.of("self", v1("pids", "/").writable("/sys/fs/cgroup/pids"), Optional.empty());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(
                        () -> Placer.place(TomlLimitsTest.limits("[unified]\n\"pids.max\" = \"5\"\n"), hierarchy, ROOT))
                .withMessage(
                        "[unified] of x.toml: pids.max is a file of cgroup version 2, and pids is of version 1 on this"
                                + " host");
    }

    // ---- version 2

    @Test
    void the_root_of_the_hierarchy_may_hold_processes_and_limited_groups() throws Exception {
        var host = FakeHost.ofProcessors(4)
                .file("/proc/self/cgroup", "0::/\n")
                .file("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
                .file("/sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n")
                .file("/sys/fs/cgroup/cgroup.subtree_control", "memory\n")
                .file("/sys/fs/cgroup/cgroup.procs", "1\n2\n700\n")
                .delegated("/sys/fs/cgroup");
        assertThat(place("--memory=1g --pids-limit=5", host, ROOT))
                .isEqualTo(groups(group(
                        "/sys/fs/cgroup/kerr-",
                        "../cgroup.subtree_control=+pids",
                        "memory.max=1073741824",
                        "pids.max=5")));
    }

    @Test
    void a_group_that_is_the_launchs_alone_is_left_for_a_leaf() throws Exception {
        String scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope";
        var host = FakeHost.v2(scope, "memory pids").delegated("/sys/fs/cgroup" + scope);
        assertThat(place("--memory=1g", host, USER))
                .isEqualTo(new Direct(
                        Optional.of(new Leaf("/sys/fs/cgroup" + scope + "/kerr-outside-", List.of("memory"))),
                        List.of(group("/sys/fs/cgroup" + scope + "/kerr-", "memory.max=1073741824"))));
    }

    @Test
    void a_job_of_slurm_that_is_delegated_is_not_left() throws Exception {
        var alone = FakeHost.v2(JOB, "memory pids").delegated("/sys/fs/cgroup" + JOB);
        assertThat(place("--pids-limit=5", alone, USER_WITH_SYSTEMD))
                .isEqualTo(new Direct(
                        Optional.of(new Leaf("/sys/fs/cgroup" + JOB + "/kerr-outside-", List.of("pids"))),
                        List.of(group("/sys/fs/cgroup" + JOB + "/kerr-", "pids.max=5"))));
        String above = "/sys/fs/cgroup" + JOB.substring(0, JOB.lastIndexOf('/'));
        var shared = FakeHost.v2(JOB, "memory pids")
                .file("/sys/fs/cgroup" + JOB + "/cgroup.procs", "600\n700\n701\n")
                .delegated("/sys/fs/cgroup" + JOB)
                .writable("/sys/fs/cgroup" + JOB + "/cgroup.max.descendants")
                .delegated(above);
        assertThat(place("--pids-limit=5", shared, USER_WITH_SYSTEMD))
                .isEqualTo(groups(group(above + "/kerr-", "pids.max=5")));
    }

    @Test
    void a_job_of_slurm_that_is_not_delegated_is_refused_and_systemd_not_asked() {
        refused(
                "--memory=1g",
                FakeHost.v2(JOB, "memory pids"),
                USER_WITH_SYSTEMD,
                "--memory cannot be applied: this is part of a batch job (the control group " + JOB
                        + "), and in its group /sys/fs/cgroup" + JOB + " the caller may make none (hint: ask the batch"
                        + " system for the limit, such as srun --mem or --cpus-per-task)");
    }

    @Test
    void a_job_that_a_variable_tells_of_is_not_left_for_systemd() {
        var hierarchy = Hierarchy.of("self", FakeHost.v2(SESSION, "memory"), Optional.of("$SLURM_JOB_ID"));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Placer.place(OptionLimitsTest.limits("--memory=1g"), hierarchy, USER_WITH_SYSTEMD))
                .withMessageContaining("this is part of a batch job ($SLURM_JOB_ID)");
    }

    @Test
    void root_never_leaves_a_group_for_one_beside_it() {
        String group = "/box/shell";
        var host = FakeHost.v2(group, "memory")
                .file("/sys/fs/cgroup/box/shell/cgroup.procs", "600\n700\n")
                .delegated("/sys/fs/cgroup/box/shell")
                .writable("/sys/fs/cgroup/box/shell/cgroup.max.descendants")
                .delegated("/sys/fs/cgroup/box");
        refused(
                "--memory=1g",
                host,
                ROOT,
                "--memory cannot be applied: in the caller's group /sys/fs/cgroup/box/shell there are other processes,"
                        + " so that it may have no limited groups, and systemd does not run (hint: log in so that"
                        + " systemd runs for you, or start it in a group of its own that is yours)");
    }

    @Test
    void a_group_whose_limits_are_not_the_callers_is_not_left_for_one_beside_it() throws Exception {
        String group = "/box/shell";
        var host = FakeHost.v2(group, "memory")
                .file("/sys/fs/cgroup/box/shell/cgroup.procs", "600\n700\n")
                .delegated("/sys/fs/cgroup/box/shell")
                .delegated("/sys/fs/cgroup/box");
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> place("--memory=1g", host, USER));
        host.writable("/sys/fs/cgroup/box/shell/cgroup.max.descendants");
        assertThat(place("--memory=1g", host, USER))
                .isEqualTo(groups(group("/sys/fs/cgroup/box/kerr-", "memory.max=1073741824")));
    }

    @Test
    void what_systemd_manages_is_systemds() throws Exception {
        String group = "/user.slice/user-1000.slice/user@1000.service/app.slice/term.scope";
        var host = FakeHost.v2(group, "memory")
                .file("/sys/fs/cgroup" + group + "/cgroup.procs", "600\n700\n")
                .delegated("/sys/fs/cgroup" + group)
                .writable("/sys/fs/cgroup" + group + "/cgroup.max.descendants")
                .delegated("/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice");
        assertThat(place("--memory=1g", host, USER_WITH_SYSTEMD)).isEqualTo(new Placement.Scope(true, "app.slice"));
    }

    @Test
    void a_session_asks_systemd() throws Exception {
        assertThat(place("--memory=1g", FakeHost.v2(SESSION, "memory pids"), USER_WITH_SYSTEMD))
                .isEqualTo(new Placement.Scope(true, "app.slice"));
        var root = new Caller(true, Set.of(700L), new Systemd.Manager(false));
        assertThat(place("--memory=1g", FakeHost.v2(SESSION, "memory pids"), root))
                .isEqualTo(new Placement.Scope(false, "user-1000.slice"));
    }

    @Test
    void what_systemd_did_not_give_is_refused_with_the_remedy() {
        String scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/kerr-700.scope";
        var host = FakeHost.v2(scope, "memory pids").delegated("/sys/fs/cgroup" + scope);
        var asked = new Caller(false, Set.of(700L, 701L), new Systemd.Asked());
        refused(
                "--cpuset-cpus=0",
                host,
                asked,
                "--cpuset-cpus cannot be applied: systemd did not give the user the controllers cpuset (hint: root: put"
                        + " [Service] and Delegate=cpu cpuset io memory pids into"
                        + " /etc/systemd/system/user@.service.d/delegate.conf, then systemctl daemon-reload)");
    }

    @Test
    void a_session_without_systemd_is_refused() {
        refused(
                "--memory=1g",
                FakeHost.v2(SESSION, "memory pids"),
                USER,
                "--memory cannot be applied: in the caller's group /sys/fs/cgroup" + SESSION
                        + " the caller may make none, and there is no bus (hint: log in so that systemd runs for you,"
                        + " or start it in a group of its own that is yours)");
    }

    @Test
    void a_group_that_no_mount_shows_is_refused() {
        var host = FakeHost.ofProcessors(4)
                .file("/proc/self/cgroup", "0::/../../outside\n")
                .file("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        refused(
                "--memory=1g",
                host,
                ROOT,
                "--memory cannot be applied: no control groups with memory are mounted (hint: mount -t cgroup2 cgroup2"
                        + " /sys/fs/cgroup)");
    }

    @Test
    void rules_that_allow_devices_change_nothing_where_none_are_forbidden() throws Exception {
        var hierarchy = Hierarchy.of("self", FakeHost.v2(SESSION, "memory"), Optional.empty());
        var limits = TomlLimitsTest.limits("[[devices]]\nallow = true\n");
        assertThat(Placer.place(limits, hierarchy, USER)).isEqualTo(Placement.NONE);
    }

    // ---- both

    @Test
    void on_a_hybrid_host_each_controller_is_where_it_is() throws Exception {
        var host = FakeHost.v1(new TreeMap<>(Map.of("memory", "/")))
                .file("/sys/fs/cgroup/unified/cgroup.controllers", "pids hugetlb\n")
                .writable("/sys/fs/cgroup/memory")
                .delegated("/sys/fs/cgroup/unified");
        assertThat(place("--memory=1g --pids-limit=5", host, ROOT))
                .isEqualTo(groups(
                        group("/sys/fs/cgroup/memory/kerr-", "memory.limit_in_bytes=1073741824"),
                        group("/sys/fs/cgroup/unified/kerr-", "../cgroup.subtree_control=+pids", "pids.max=5")));
    }
}
