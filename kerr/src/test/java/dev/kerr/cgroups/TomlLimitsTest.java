package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kerr.log.UserException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TomlLimitsTest {
    static Limits limits(String text) throws UserException {
        return TomlLimits.parse("x.toml", text, FakeHost.ofProcessors(4));
    }

    @Test
    void every_section_is_read() throws Exception {
        var limits = limits("""
                [cpu]
                shares = 512
                quota = 50000
                period = 100000
                cpus = "0-1"
                mems = "0"
                [memory]
                limit = 1073741824
                reservation = 536870912
                swap = 2147483648
                kernelTCP = 268435456
                swappiness = 10
                disableOOMKiller = true
                [pids]
                limit = 100
                [blockIO]
                weight = 10
                [[blockIO.weightDevice]]
                major = 7
                minor = 0
                weight = 20
                [[blockIO.throttleReadBpsDevice]]
                major = 7
                minor = 1
                rate = 100
                [[blockIO.throttleWriteIOPSDevice]]
                major = 7
                minor = 2
                rate = 5
                [[devices]]
                allow = false
                access = "rwm"
                [[devices]]
                allow = true
                type = "c"
                major = 1
                access = "rw"
                [[hugepageLimits]]
                pageSize = "2MB"
                limit = 4194304
                [network]
                classID = 1048577
                [[network.priorities]]
                name = "eth0"
                priority = 2
                [rdma.mlx5_1]
                hcaHandles = 3
                [[rdma.mlx4_0]]
                hcaObjects = 1000
                """);
        assertThat(limits.cpu().shares()).hasValue(512);
        assertThat(limits.cpu().quota()).hasValue(50_000);
        assertThat(limits.cpu().cpus()).isEqualTo("0-1");
        assertThat(limits.memory().limit()).hasValue(1L << 30);
        assertThat(limits.memory().kernelTcp()).hasValue(268_435_456);
        assertThat(limits.memory().waits()).isTrue();
        assertThat(limits.processes()).hasValue(100);
        assertThat(limits.io().weights()).containsExactly(new Limits.DeviceValue(7, 0, 20));
        assertThat(limits.io().rates())
                .containsExactly(
                        new Limits.DeviceRate(Limits.Rate.READ_BYTES, new Limits.DeviceValue(7, 1, 100)),
                        new Limits.DeviceRate(Limits.Rate.WRITES, new Limits.DeviceValue(7, 2, 5)));
        assertThat(limits.devices()).extracting(Limits.Device::rule).containsExactly("a *:* rwm", "c 1:* rw");
        assertThat(limits.hugePages()).containsExactly(new Limits.HugePages("2MB", 4_194_304));
        assertThat(limits.network().classId()).isEqualTo(OptionalLong.of(1_048_577));
        assertThat(limits.network().priorities()).isEqualTo(Map.of("eth0", 2L));
        assertThat(limits.rdma())
                .extracting(Limits.Rdma::line)
                .containsExactlyInAnyOrder("mlx5_1 hca_handle=3", "mlx4_0 hca_object=1000");
        assertThat(limits.name(Controller.MEMORY)).isEqualTo("[memory] of x.toml");
    }

    @Test
    void files_of_version_2_are_taken_as_they_are() throws Exception {
        var limits = limits("[unified]\n\"pids.max\" = \"512\"\n\"memory.high\" = \"1G\"\n");
        assertThat(limits.unified()).isEqualTo(Map.of("pids.max", "512", "memory.high", "1G"));
        assertThat(limits.names().keySet()).containsExactly(Controller.MEMORY, Controller.PIDS);
    }

    @Test
    void a_file_without_limits_limits_nothing() throws Exception {
        assertThat(limits("# nothing\n").isNone()).isTrue();
        assertThat(limits("[pids]\nlimit = 0\n").isNone()).isTrue();
    }

    @Test
    void brackets_without_end_are_refused() {
        for (String bracket : List.of("[", "{a=", "[{a=")) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> limits("a = " + bracket.repeat(100_000)))
                    .withMessage("x.toml: brackets lie too deep in each other");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[memory | x.toml:1: this is no TOML",
                "[memori]:limit = 1 | x.toml: memori is no limit",
                "[memory]:limits = 1 | x.toml: memory.limits is no limit",
                "[memory]:limit = '1g' | x.toml: memory.limit is no whole number",
                "[memory]:limit = -2 | memory.limit of x.toml -2 is less than a page of memory",
                "[memory]:swap = 5000 | memory.swap of x.toml without memory.limit of x.toml means nothing",
                "memory = 3 | x.toml: memory is no table",
                "[memory]:disableOOMKiller = 1 | x.toml: memory.disableOOMKiller is neither true nor false",
                "[cpu]:period = 10 | cpu.period of x.toml 10 is out of range",
                "[cpu]:cpus = '9' | cpu.cpus of x.toml 9: the host has no processors 9",
                "[unified]:'../../pids.max' = '1' | x.toml: unified.\"../../pids.max\" is no file of a controller",
                "[unified]:'pids/max' = '1' | x.toml: unified.\"pids/max\" is no file of a controller",
                "[unified]:'cgroup.procs' = '1' | x.toml: unified.\"cgroup.procs\" is no file of a controller",
                "[unified]:'pids' = '1' | x.toml: unified.\"pids\" is no file of a controller",
                "[unified]:'nonsense.max' = '1' | x.toml: unified.\"nonsense.max\" is no file of a controller",
                "[unified]:'pids.max' = 1 | x.toml: unified.pids.max is no text",
                "[[devices]]:access = 'x' | x.toml: devices type is a, b or c",
                "[[hugepageLimits]]:limit = 1:pageSize = '../2MB' | x.toml: hugepageLimits.pageSize is such as 2MB",
                "[[hugepageLimits]]:pageSize = '2MB' | x.toml: hugepageLimits.limit must be a whole number",
                "[blockIO]:weightDevice = 3 | x.toml: blockIO.weightDevice is no list of tables",
                "[[blockIO.throttleReadBpsDevice]]:major = 1 | x.toml: blockIO.throttleReadBpsDevice.minor must be",
                "[[blockIO.weightDevice]]:leafWeight = 10 | x.toml: blockIO.weightDevice.leafWeight is of a scheduler",
            })
    void what_is_wrong_is_said_with_the_file_and_the_key(String text, String message) {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> limits(text.replace(':', '\n')))
                .satisfies(wrong -> assertThat(wrong.line()).startsWith(message));
    }
}
