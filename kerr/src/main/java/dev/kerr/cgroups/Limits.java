package dev.kerr.cgroups;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What a launch may use of the host, as asked: the resources of the OCI's runtime specification. Sizes are in bytes;
/// −1 stands for no limit where one can be none.
///
/// @param unified files of version 2 and what is to be written to them, as they are
/// @param names by which the user asked for something of a controller, for messages: `--memory`, `[memory] of x.toml`
///
/// **Source:** the OCI's runtime specification, `config-linux.md`, Control groups.
public record Limits(
        Cpu cpu,
        Memory memory,
        OptionalLong processes,
        BlockIo io,
        List<Device> devices,
        List<HugePages> hugePages,
        Network network,
        List<Rdma> rdma,
        Map<String, String> unified,
        Map<Controller, String> names) {
    /// None at all.
    public static final Limits NONE = new Limits(
            Cpu.NONE,
            Memory.NONE,
            OptionalLong.empty(),
            BlockIo.NONE,
            List.of(),
            List.of(),
            Network.NONE,
            List.of(),
            Map.of(),
            Map.of());

    public Limits {
        Objects.requireNonNull(cpu);
        Objects.requireNonNull(memory);
        Objects.requireNonNull(processes);
        Objects.requireNonNull(io);
        devices = List.copyOf(devices);
        hugePages = List.copyOf(hugePages);
        Objects.requireNonNull(network);
        rdma = List.copyOf(rdma);
        unified = Collections.unmodifiableMap(new TreeMap<>(unified));
        names = Collections.unmodifiableMap(new TreeMap<>(names));
    }

    /// Whether nothing is limited.
    public boolean isNone() {
        return names.isEmpty();
    }

    /// How the user asked for something of a controller.
    String name(Controller controller) {
        return names.getOrDefault(controller, controller.v1());
    }

    /// Processors.
    ///
    /// @param shares weight against other groups of the same parent, 2 to 262144; 1024 is usual
    /// @param quota µs of processor time a period, of all processors together; −1 for no limit
    /// @param period in µs, 1000 to 1000000
    /// @param realtimeRuntime µs a period for realtime scheduling
    /// @param realtimePeriod in µs
    /// @param cpus such as `0-3,7`; empty for all
    /// @param mems memory nodes, written so
    public record Cpu(
            OptionalLong shares,
            OptionalLong quota,
            OptionalLong period,
            OptionalLong realtimeRuntime,
            OptionalLong realtimePeriod,
            String cpus,
            String mems) {
        static final Cpu NONE = new Cpu(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                "",
                "");
    }

    /// Memory.
    ///
    /// @param reservation what the kernel takes a group back to when memory is short
    /// @param swap memory and swap together
    /// @param kernel of the kernel's for the group: no limit of Linux since 5.16
    /// @param swappiness 0 to 100
    /// @param waits whether a process waits where else one would be killed
    public record Memory(
            OptionalLong limit,
            OptionalLong reservation,
            OptionalLong swap,
            OptionalLong kernel,
            OptionalLong kernelTcp,
            OptionalLong swappiness,
            boolean waits) {
        static final Memory NONE = new Memory(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                false);
    }

    /// Input and output of block devices.
    ///
    /// @param weight against other groups of the same parent, 10 to 1000
    /// @param leafWeight of a scheduler that Linux 5.0 removed
    public record BlockIo(
            OptionalLong weight, OptionalLong leafWeight, List<DeviceValue> weights, List<DeviceRate> rates) {
        static final BlockIo NONE = new BlockIo(OptionalLong.empty(), OptionalLong.empty(), List.of(), List.of());

        public BlockIo {
            weights = List.copyOf(weights);
            rates = List.copyOf(rates);
        }
    }

    /// A block device's weight.
    public record DeviceValue(long major, long minor, long value) {
        String device() {
            return major + ":" + minor;
        }
    }

    /// What is counted of a block device.
    public enum Rate {
        READ_BYTES("blkio.throttle.read_bps_device", "rbps"),
        WRITE_BYTES("blkio.throttle.write_bps_device", "wbps"),
        READS("blkio.throttle.read_iops_device", "riops"),
        WRITES("blkio.throttle.write_iops_device", "wiops");

        final String v1File;
        final String v2Key;

        Rate(String v1File, String v2Key) {
            this.v1File = v1File;
            this.v2Key = v2Key;
        }
    }

    /// A block device's most a second.
    public record DeviceRate(Rate rate, DeviceValue most) {}

    /// A rule for device files.
    ///
    /// @param type `a` for all, `b` or `c`
    /// @param major empty for all
    /// @param minor empty for all
    /// @param access of `r`, `w`, `m`
    public record Device(boolean allow, String type, OptionalLong major, OptionalLong minor, String access) {
        String rule() {
            return type + " " + number(major) + ":" + number(minor) + " " + access;
        }

        private static String number(OptionalLong number) {
            return number.isPresent() ? Long.toString(number.getAsLong()) : "*";
        }
    }

    /// Huge pages of a size, such as `2MB`.
    public record HugePages(String pageSize, long limit) {}

    /// Marks of packets.
    ///
    /// @param priorities by names of interfaces
    public record Network(OptionalLong classId, Map<String, Long> priorities) {
        static final Network NONE = new Network(OptionalLong.empty(), Map.of());

        public Network {
            priorities = Collections.unmodifiableMap(new TreeMap<>(priorities));
        }
    }

    /// What of an adapter for remote direct memory access.
    public record Rdma(String device, OptionalLong handles, OptionalLong objects) {
        String line() {
            return device + number(" hca_handle=", handles) + number(" hca_object=", objects);
        }

        private static String number(String key, OptionalLong number) {
            return number.isPresent() ? key + number.getAsLong() : "";
        }
    }

    /// The name of what was asked for of a controller; empty if nothing was.
    Optional<String> asked(Controller controller) {
        return Optional.ofNullable(names.get(controller));
    }
}
