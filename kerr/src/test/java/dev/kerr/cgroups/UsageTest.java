package dev.kerr.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void version_1_is_read_where_the_process_is() {
        var host = FakeHost.v1(new TreeMap<>(Map.of("memory", "/m", "pids", "/p", "cpuacct", "/", "blkio", "/b")))
                .file("/sys/fs/cgroup/memory/m/memory.usage_in_bytes", "4096\n")
                .file("/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "8192\n")
                .file("/sys/fs/cgroup/cpuacct/cpuacct.usage", "123456789\n")
                .file("/sys/fs/cgroup/pids/p/pids.current", "3\n")
                .file("/sys/fs/cgroup/pids/p/pids.max", "max\n")
                .file(
                        "/sys/fs/cgroup/blkio/b/blkio.throttle.io_service_bytes",
                        "8:0 Read 100\n8:0 Write 7\n8:16 Read 20\n8:0 Total 107\nTotal 127\n");
        assertThat(Usage.of("self", host))
                .contains(new Usage(
                        OptionalLong.of(123_456_789),
                        OptionalLong.of(4096),
                        OptionalLong.of(8192),
                        OptionalLong.of(3),
                        OptionalLong.empty(),
                        OptionalLong.of(120),
                        OptionalLong.of(7)));
    }

    @Test
    void version_2_is_read_where_the_process_is() {
        var host = FakeHost.v2("/a", "memory")
                .file("/sys/fs/cgroup/a/cpu.stat", "usage_usec 1500\nuser_usec 1000\n")
                .file("/sys/fs/cgroup/a/memory.current", "4096\n")
                .file("/sys/fs/cgroup/a/memory.max", "max\n")
                .file("/sys/fs/cgroup/a/pids.current", "3\n")
                .file("/sys/fs/cgroup/a/pids.max", "50\n")
                .file(
                        "/sys/fs/cgroup/a/io.stat",
                        "8:0 rbytes=100 wbytes=7 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=20 wbytes=0\n");
        assertThat(Usage.of("self", host))
                .contains(new Usage(
                        OptionalLong.of(1_500_000),
                        OptionalLong.of(4096),
                        OptionalLong.empty(),
                        OptionalLong.of(3),
                        OptionalLong.of(50),
                        OptionalLong.of(120),
                        OptionalLong.of(7)));
    }

    @Test
    void the_largest_number_of_version_1_is_no_limit() {
        var host = FakeHost.v1(new TreeMap<>(Map.of("memory", "/")))
                .file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(Usage.of("self", host)).hasValueSatisfying(usage -> {
            assertThat(usage.memoryLimitBytes()).isEmpty();
            assertThat(usage.memoryBytes()).isEmpty();
            assertThat(usage.cpuNanos()).isEmpty();
        });
    }

    @Test
    void a_process_that_is_gone_uses_nothing() {
        assertThat(Usage.of("99", FakeHost.v2("/a", "memory"))).isEmpty();
    }

    @Test
    void this_process_is_somewhere() {
        assertThat(HostFiles.HERE.text("/proc/self/cgroup")).isPresent();
        Usage.of("self", HostFiles.HERE); // whatever is mounted
    }
}
