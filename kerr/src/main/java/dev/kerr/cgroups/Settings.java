package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What limits are in the files of a controller, in the order in which they must be written.
///
/// **Source:** the kernel's `Documentation/admin-guide/cgroup-v1/` and `cgroup-v2.rst`; conversions as runc and crun
/// have them.
final class Settings {
    private final Limits limits;
    private final List<Setting> settings = new ArrayList<>();

    private Settings(Limits limits) {
        this.limits = limits;
    }

    /// @param inherited the processors and memory nodes of the group above: a new group of version 1 has none
    /// @throws UserException if version 1 has no such limit
    static List<Setting> v1(Limits limits, Controller controller, Limits.Cpu inherited) throws UserException {
        var files = new Settings(limits);
        switch (controller) {
            case CPU -> files.cpuV1();
            case CPUSET -> files.cpusetV1(inherited);
            case MEMORY -> files.memoryV1();
            case PIDS -> files.pids();
            case IO -> files.ioV1();
            case HUGETLB -> files.hugePages(".limit_in_bytes");
            case RDMA -> files.rdma();
            case DEVICES -> files.devices();
            case NET_CLASS -> files.add("net_cls.classid", limits.network().classId());
            case NET_PRIORITY -> files.priorities();
            case MISC -> {}
        }
        return files.settings;
    }

    /// @param hasBfq whether groups have the weights of the BFQ scheduler, else those of the cost model
    /// @throws UserException if version 2 has no such limit
    static List<Setting> v2(Limits limits, Controller controller, boolean hasBfq) throws UserException {
        var files = new Settings(limits);
        switch (controller) {
            case CPU -> files.cpuV2();
            case CPUSET -> {
                files.add("cpuset.cpus", limits.cpu().cpus());
                files.add("cpuset.mems", limits.cpu().mems());
            }
            case MEMORY -> files.memoryV2();
            case PIDS -> files.pids();
            case IO -> files.ioV2(hasBfq);
            case HUGETLB -> files.hugePages(".max");
            case RDMA -> files.rdma();
            case DEVICES, NET_CLASS, NET_PRIORITY -> throw files.lacking(controller, "");
            case MISC -> {}
        }
        for (var file : limits.unified().entrySet()) {
            if (controller.hasFile(file.getKey())) {
                files.add(file.getKey(), file.getValue());
            }
        }
        return files.settings;
    }

    private void cpuV1() {
        var cpu = limits.cpu();
        add("cpu.shares", cpu.shares());
        add("cpu.cfs_period_us", cpu.period());
        add("cpu.cfs_quota_us", cpu.quota());
        add("cpu.rt_period_us", cpu.realtimePeriod());
        add("cpu.rt_runtime_us", cpu.realtimeRuntime());
    }

    private void cpuV2() throws UserException {
        var cpu = limits.cpu();
        if (cpu.realtimePeriod().isPresent() || cpu.realtimeRuntime().isPresent()) {
            throw lacking(Controller.CPU, ": limits of realtime scheduling");
        }
        if (cpu.shares().isPresent()) {
            add("cpu.weight", weight(cpu.shares().getAsLong()));
        }
        if (cpu.quota().isPresent() || cpu.period().isPresent()) {
            long quota = cpu.quota().orElse(-1);
            add(
                    "cpu.max",
                    (quota < 0 ? "max" : Long.toString(quota)) + " "
                            + cpu.period().orElse(100_000));
        }
    }

    /// The weight, 1 to 10000, of shares of version 1, 2 to 262144. The least, the usual (1024 and 100) and the most
    /// stand for each other: a parabola through their logarithms.
    ///
    /// **Source:** runc 1.4 and crun 1.23, which the formula is from; the older, linear one makes 39 of 1024.
    static long weight(long shares) {
        if (shares <= 2) {
            return 1;
        }
        if (shares >= 262_144) {
            return 10_000;
        }
        double log = Math.log((double) shares) / Math.log(2);
        double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
        return (long) Math.ceil(Math.pow(10, exponent) - 1e-9); // 100.00000000000001 is 100
    }

    private void cpusetV1(Limits.Cpu inherited) {
        var cpu = limits.cpu();
        add("cpuset.cpus", cpu.cpus().isEmpty() ? inherited.cpus() : cpu.cpus());
        add("cpuset.mems", cpu.mems().isEmpty() ? inherited.mems() : cpu.mems());
    }

    /// The limit comes before that of memory and swap together, which must never be less.
    private void memoryV1() {
        var memory = limits.memory();
        add("memory.limit_in_bytes", memory.limit());
        add("memory.memsw.limit_in_bytes", memory.swap());
        add("memory.soft_limit_in_bytes", memory.reservation());
        add("memory.kmem.limit_in_bytes", memory.kernel());
        add("memory.kmem.tcp.limit_in_bytes", memory.kernelTcp());
        add("memory.swappiness", memory.swappiness());
        if (memory.waits()) {
            add("memory.oom_control", "1");
        }
    }

    private void memoryV2() throws UserException {
        var memory = limits.memory();
        if (memory.waits()) {
            throw lacking(Controller.MEMORY, ": waiting in the place of being killed (--oom-kill-disable)");
        }
        if (memory.kernel().isPresent() || memory.kernelTcp().isPresent()) {
            throw lacking(Controller.MEMORY, ": limits of the kernel's own memory");
        }
        if (memory.swappiness().isPresent()) {
            throw lacking(Controller.MEMORY, ": swappiness of a group");
        }
        addOrMax("memory.max", memory.limit());
        if (memory.swap().isPresent()) {
            long swap = memory.swap().getAsLong();
            addOrMax(
                    "memory.swap.max",
                    OptionalLong.of(swap < 0 ? -1 : swap - memory.limit().orElse(0)));
        }
        addOrMax("memory.low", memory.reservation());
    }

    private void pids() {
        addOrMax("pids.max", limits.processes());
    }

    /// Of the weights of Linux 5.0 and newer only those of the BFQ scheduler are left.
    private void ioV1() throws UserException {
        checkLeafWeight();
        var io = limits.io();
        add("blkio.bfq.weight", io.weight());
        for (Limits.DeviceValue weight : io.weights()) {
            add("blkio.bfq.weight_device", weight.device() + " " + weight.value());
        }
        for (Limits.DeviceRate rate : io.rates()) {
            add(rate.rate().v1File, rate.most().device() + " " + rate.most().value());
        }
    }

    private void ioV2(boolean hasBfq) throws UserException {
        checkLeafWeight();
        var io = limits.io();
        if (io.weight().isPresent()) {
            long weight = io.weight().getAsLong();
            add(hasBfq ? "io.bfq.weight" : "io.weight", hasBfq ? weight : ioWeight(weight));
        }
        for (Limits.DeviceValue weight : io.weights()) {
            long value = hasBfq ? weight.value() : ioWeight(weight.value());
            add(hasBfq ? "io.bfq.weight" : "io.weight", weight.device() + " " + value);
        }
        for (Limits.DeviceRate rate : io.rates()) {
            add(
                    "io.max",
                    rate.most().device() + " " + rate.rate().v2Key + "="
                            + rate.most().value());
        }
    }

    private void checkLeafWeight() throws UserException {
        if (limits.io().leafWeight().isPresent()) {
            throw new UserException(
                    limits.name(Controller.IO) + ": leafWeight is of a scheduler that Linux 5.0 removed");
        }
    }

    /// 10 to 1000 as 1 to 10000.
    static long ioWeight(long weight) {
        return 1 + (weight - 10) * 9999 / 990;
    }

    private void hugePages(String suffix) {
        for (Limits.HugePages pages : limits.hugePages()) {
            add("hugetlb." + pages.pageSize() + suffix, Long.toString(pages.limit()));
        }
    }

    private void rdma() {
        for (Limits.Rdma adapter : limits.rdma()) {
            add("rdma.max", adapter.line());
        }
    }

    private void priorities() {
        for (var priority : limits.network().priorities().entrySet()) {
            add("net_prio.ifpriomap", priority.getKey() + " " + priority.getValue());
        }
    }

    private void devices() {
        for (Limits.Device device : limits.devices()) {
            add(device.allow() ? "devices.allow" : "devices.deny", device.rule());
        }
    }

    private UserException lacking(Controller controller, String what) {
        return new UserException(
                limits.name(controller) + what + ": cgroup version 2 of this host has no such limit",
                "leave it out; [unified] takes files of version 2");
    }

    private void add(String file, OptionalLong number) {
        if (number.isPresent()) {
            add(file, number.getAsLong());
        }
    }

    private void addOrMax(String file, OptionalLong number) {
        if (number.isPresent()) {
            add(file, number.getAsLong() < 0 ? "max" : Long.toString(number.getAsLong()));
        }
    }

    private void add(String file, long number) {
        add(file, Long.toString(number));
    }

    private void add(String file, String value) {
        if (!value.isEmpty()) {
            settings.add(new Setting(file, value));
        }
    }
}
