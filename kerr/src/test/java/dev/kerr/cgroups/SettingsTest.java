package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Limits.Cpu INHERITED = new Limits.Cpu(
            Limits.Cpu.NONE.shares(),
            Limits.Cpu.NONE.quota(),
            Limits.Cpu.NONE.period(),
            Limits.Cpu.NONE.realtimeRuntime(),
            Limits.Cpu.NONE.realtimePeriod(),
            "0-7",
            "0-1");

    private static List<String> v1(String options, Controller controller) throws UserException {
        return lines(Settings.v1(OptionLimitsTest.limits(options), controller, INHERITED));
    }

    private static List<String> v2(String options, Controller controller) throws UserException {
        return lines(Settings.v2(OptionLimitsTest.limits(options), controller, false));
    }

    private static List<String> lines(List<Setting> settings) {
        var lines = new ArrayList<String>();
        for (Setting setting : settings) {
            lines.add(setting.file() + "=" + setting.value());
        }
        return lines;
    }

    /// The least, the usual and the most stand for each other; in between it rises.
    @ParameterizedTest
    @CsvSource({"2, 1", "1024, 100", "262144, 10000", "512, 59", "2048, 174", "102, 17"})
    void shares_become_a_weight(long shares, long weight) {
        assertThat(Settings.weight(shares)).isEqualTo(weight);
    }

    @Test
    void no_share_more_is_a_lesser_weight() {
        for (long shares = 3; shares <= 262_144; shares++) {
            assertThat(Settings.weight(shares)).isBetween(Settings.weight(shares - 1), 10_000L);
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "1000, 10000", "500, 4950"})
    void a_weight_of_disks_becomes_another(long v1, long v2) {
        assertThat(Settings.ioWeight(v1)).isEqualTo(v2);
    }

    @Test
    void memory_and_swap_are_one_number_in_version_1_and_two_in_version_2() throws Exception {
        String options = "--memory=1g --memory-swap=3g --memory-reservation=512m";
        assertThat(v1(options, Controller.MEMORY))
                .containsExactly(
                        "memory.limit_in_bytes=1073741824",
                        "memory.memsw.limit_in_bytes=3221225472",
                        "memory.soft_limit_in_bytes=536870912");
        assertThat(v2(options, Controller.MEMORY))
                .containsExactly("memory.max=1073741824", "memory.swap.max=2147483648", "memory.low=536870912");
    }

    @Test
    void no_limit_is_written_as_each_version_does() throws Exception {
        String options = "--memory=1g --memory-swap=-1";
        assertThat(v1(options, Controller.MEMORY)).contains("memory.memsw.limit_in_bytes=-1");
        assertThat(v2(options, Controller.MEMORY)).contains("memory.swap.max=max");
    }

    @Test
    void processor_time_is_two_files_or_one() throws Exception {
        assertThat(v1("--cpus=0.5 --cpu-shares=1024", Controller.CPU))
                .containsExactly("cpu.shares=1024", "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000");
        assertThat(v2("--cpus=0.5 --cpu-shares=1024", Controller.CPU))
                .containsExactly("cpu.weight=100", "cpu.max=50000 100000");
    }

    @Test
    void a_new_set_of_version_1_gets_what_was_not_asked_for_from_above() throws Exception {
        assertThat(v1("--cpuset-cpus=1", Controller.CPUSET)).containsExactly("cpuset.cpus=1", "cpuset.mems=0-1");
        assertThat(v1("--cpuset-mems=1", Controller.CPUSET)).containsExactly("cpuset.cpus=0-7", "cpuset.mems=1");
        assertThat(v2("--cpuset-cpus=1", Controller.CPUSET)).containsExactly("cpuset.cpus=1");
    }

    @Test
    void disks_have_the_weights_of_the_scheduler_that_is_there() throws Exception {
        String options = "--blkio-weight=500 --blkio-weight-device=/dev/sda:1000";
        assertThat(v1(options, Controller.IO))
                .containsExactly("blkio.bfq.weight=500", "blkio.bfq.weight_device=8:0 1000");
        assertThat(v2(options, Controller.IO)).containsExactly("io.weight=4950", "io.weight=8:0 10000");
        assertThat(lines(Settings.v2(OptionLimitsTest.limits(options), Controller.IO, true)))
                .containsExactly("io.bfq.weight=500", "io.bfq.weight=8:0 1000");
    }

    @Test
    void a_file_has_what_the_options_have_not() throws Exception {
        var limits = TomlLimitsTest.limits("""
                [[blockIO.throttleReadBpsDevice]]
                major = 7
                minor = 1
                rate = 100
                [[devices]]
                allow = false
                type = "b"
                major = 8
                [[hugepageLimits]]
                pageSize = "2MB"
                limit = 4194304
                [network]
                classID = 7
                [[network.priorities]]
                name = "eth0"
                priority = 2
                [rdma.mlx5_1]
                hcaHandles = 3
                """);
        assertThat(lines(Settings.v1(limits, Controller.IO, INHERITED)))
                .containsExactly("blkio.throttle.read_bps_device=7:1 100");
        assertThat(lines(Settings.v2(limits, Controller.IO, false))).containsExactly("io.max=7:1 rbps=100");
        assertThat(lines(Settings.v1(limits, Controller.DEVICES, INHERITED))).containsExactly("devices.deny=b 8:* rwm");
        assertThat(lines(Settings.v1(limits, Controller.HUGETLB, INHERITED)))
                .containsExactly("hugetlb.2MB.limit_in_bytes=4194304");
        assertThat(lines(Settings.v2(limits, Controller.HUGETLB, false))).containsExactly("hugetlb.2MB.max=4194304");
        assertThat(lines(Settings.v1(limits, Controller.NET_CLASS, INHERITED))).containsExactly("net_cls.classid=7");
        assertThat(lines(Settings.v1(limits, Controller.NET_PRIORITY, INHERITED)))
                .containsExactly("net_prio.ifpriomap=eth0 2");
        assertThat(lines(Settings.v2(limits, Controller.RDMA, false))).containsExactly("rdma.max=mlx5_1 hca_handle=3");
    }

    @Test
    void files_of_version_2_go_to_their_controllers() throws Exception {
        var limits = TomlLimitsTest.limits("[unified]\n\"pids.max\" = \"512\"\n\"memory.high\" = \"1G\"\n");
        assertThat(lines(Settings.v2(limits, Controller.MEMORY, false))).containsExactly("memory.high=1G");
        assertThat(lines(Settings.v2(limits, Controller.PIDS, false))).containsExactly("pids.max=512");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[memory]:limit = 8192:disableOOMKiller = true | MEMORY | [memory] of x.toml: waiting in the place of",
                "[memory]:kernel = 8192 | MEMORY | [memory] of x.toml: limits of the kernel's own memory",
                "[memory]:swappiness = 1 | MEMORY | [memory] of x.toml: swappiness of a group",
                "[cpu]:realtimeRuntime = 1 | CPU | [cpu] of x.toml: limits of realtime scheduling",
                "[[devices]]:allow = false | DEVICES | [devices] of x.toml: cgroup version 2 of this host has no such",
                "[network]:classID = 1 | NET_CLASS | [network] of x.toml: cgroup version 2 of this host has no such",
                "[blockIO]:leafWeight = 10 | IO | [blockIO] of x.toml: leafWeight is of a scheduler",
            })
    void what_version_2_has_not_is_refused_by_name(String text, Controller controller, String message)
            throws Exception {
        var limits = TomlLimitsTest.limits(text.replace(':', '\n'));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> Settings.v2(limits, controller, false))
                .satisfies(wrong -> assertThat(wrong.line()).startsWith(message));
    }
}
