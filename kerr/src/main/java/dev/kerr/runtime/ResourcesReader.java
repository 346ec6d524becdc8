package dev.kerr.runtime;

import dev.kerr.cgroups.Controller;
import dev.kerr.cgroups.Limits;
import dev.kerr.cgroups.Limits.DeviceRate;
import dev.kerr.cgroups.Limits.DeviceValue;
import dev.kerr.cgroups.Limits.Rate;
import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Reads the `resources` of a `config.json`, or those that `update` is given.
final class ResourcesReader {
    private static final long MOST = Long.MAX_VALUE;

    private final ConfigNode resources;
    private final Map<Controller, String> names = new TreeMap<>();

    ResourcesReader(ConfigNode resources) {
        this.resources = resources;
    }

    Limits read() throws UserException {
        return new Limits(
                cpu(), memory(), processes(), io(), devices(), hugePages(), network(), rdma(), unified(), names);
    }

    private void name(Controller controller, ConfigNode node) {
        names.put(controller, node.path());
    }

    private static OptionalLong some(ConfigNode node, String name, long least) throws UserException {
        OptionalLong value = node.number(name, least, MOST);
        return value.isPresent() && value.getAsLong() == 0 ? OptionalLong.empty() : value;
    }

    private Limits.Cpu cpu() throws UserException {
        var found = resources.child("cpu");
        if (found.isEmpty()) {
            return Limits.NONE.cpu();
        }
        ConfigNode cpu = found.get();
        cpu.refuse("it is no limit that Kerr sets", "burst", "idle");
        var read = new Limits.Cpu(
                some(cpu, "shares", 0),
                some(cpu, "quota", -1),
                some(cpu, "period", 0),
                some(cpu, "realtimeRuntime", -1),
                some(cpu, "realtimePeriod", 0),
                cpu.textOrEmpty("cpus"),
                cpu.textOrEmpty("mems"));
        if (read.shares().isPresent()
                || read.quota().isPresent()
                || read.period().isPresent()
                || read.realtimeRuntime().isPresent()
                || read.realtimePeriod().isPresent()) {
            name(Controller.CPU, cpu);
        }
        if (!read.cpus().isEmpty() || !read.mems().isEmpty()) {
            name(Controller.CPUSET, cpu);
        }
        return read;
    }

    private Limits.Memory memory() throws UserException {
        var found = resources.child("memory");
        if (found.isEmpty()) {
            return Limits.NONE.memory();
        }
        ConfigNode memory = found.get();
        var read = new Limits.Memory(
                some(memory, "limit", -1),
                some(memory, "reservation", -1),
                some(memory, "swap", -1),
                some(memory, "kernel", -1),
                some(memory, "kernelTCP", -1),
                memory.number("swappiness", 0, 100),
                memory.flag("disableOOMKiller"));
        if (!read.equals(Limits.NONE.memory())) {
            name(Controller.MEMORY, memory);
        }
        return read;
    }

    private OptionalLong processes() throws UserException {
        var pids = resources.child("pids");
        if (pids.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong limit = some(pids.get(), "limit", -1);
        if (limit.isPresent()) {
            name(Controller.PIDS, pids.get());
        }
        return limit;
    }

    private Limits.BlockIo io() throws UserException {
        var found = resources.child("blockIO");
        if (found.isEmpty()) {
            return Limits.NONE.io();
        }
        ConfigNode io = found.get();
        io.refuse("Linux has no such weight since version 5.0", "leafWeight");
        var weights = new ArrayList<DeviceValue>();
        for (ConfigNode weight : io.children("weightDevice")) {
            weights.add(device(weight, "weight"));
        }
        var rates = new ArrayList<DeviceRate>();
        addRates(io, "throttleReadBpsDevice", Rate.READ_BYTES, rates);
        addRates(io, "throttleWriteBpsDevice", Rate.WRITE_BYTES, rates);
        addRates(io, "throttleReadIOPSDevice", Rate.READS, rates);
        addRates(io, "throttleWriteIOPSDevice", Rate.WRITES, rates);
        var read = new Limits.BlockIo(some(io, "weight", 0), OptionalLong.empty(), weights, rates);
        if (!read.equals(Limits.NONE.io())) {
            name(Controller.IO, io);
        }
        return read;
    }

    private static DeviceValue device(ConfigNode node, String value) throws UserException {
        return new DeviceValue(
                node.needNumber("major", 0, MOST), node.needNumber("minor", 0, MOST), node.needNumber(value, 0, MOST));
    }

    private static void addRates(ConfigNode io, String name, Rate rate, List<DeviceRate> rates) throws UserException {
        for (ConfigNode node : io.children(name)) {
            rates.add(new DeviceRate(rate, device(node, "rate")));
        }
    }

    /// The rules go no further than to say whether devices may be made: a container has those that are put into it.
    private List<Limits.Device> devices() throws UserException {
        var devices = new ArrayList<Limits.Device>();
        for (ConfigNode rule : resources.children("devices")) {
            String type = rule.textOrEmpty("type");
            if (!List.of("", "a", "b", "c").contains(type)) {
                throw rule.wrong("type", type + " is none of a, b and c");
            }
            var read = new Limits.Device(
                    rule.flag("allow"),
                    type.isEmpty() ? "a" : type,
                    any(rule, "major"),
                    any(rule, "minor"),
                    rule.text("access").orElse("rwm"));
            if (!read.allow()
                    && (read.major().isPresent()
                            || read.minor().isPresent()
                            || !read.type().equals("a"))) {
                throw rule.wrong(
                        "allow",
                        "is not supported for a device alone: a container has the devices that are put into it",
                        "leave the device out of linux.devices and of the mounts");
            }
            devices.add(read);
        }
        return devices;
    }

    private static OptionalLong any(ConfigNode rule, String name) throws UserException {
        OptionalLong number = rule.number(name, -1, MOST);
        return number.isPresent() && number.getAsLong() < 0 ? OptionalLong.empty() : number;
    }

    private List<Limits.HugePages> hugePages() throws UserException {
        var pages = new ArrayList<Limits.HugePages>();
        for (ConfigNode limit : resources.children("hugepageLimits")) {
            String size = limit.needText("pageSize");
            if (!size.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'A' && c <= 'Z')) {
                throw limit.wrong("pageSize", size + " is no size, such as 2MB");
            }
            pages.add(new Limits.HugePages(size, limit.needNumber("limit", 0, MOST)));
            name(Controller.HUGETLB, limit);
        }
        return pages;
    }

    private Limits.Network network() throws UserException {
        var network = resources.child("network");
        if (network.isEmpty()) {
            return Limits.NONE.network();
        }
        var priorities = new TreeMap<String, Long>();
        for (ConfigNode priority : network.get().children("priorities")) {
            priorities.put(priority.needText("name"), priority.needNumber("priority", 0, MOST));
        }
        OptionalLong id = some(network.get(), "classID", 0);
        if (id.isPresent()) {
            name(Controller.NET_CLASS, network.get());
        }
        if (!priorities.isEmpty()) {
            name(Controller.NET_PRIORITY, network.get());
        }
        return new Limits.Network(id, priorities);
    }

    private List<Limits.Rdma> rdma() throws UserException {
        var adapters = new ArrayList<Limits.Rdma>();
        var all = resources.child("rdma");
        if (all.isPresent()) {
            for (String device : all.get().object().members().keySet()) {
                ConfigNode adapter = all.get().need(device);
                adapters.add(new Limits.Rdma(
                        device, adapter.number("hcaHandles", 0, MOST), adapter.number("hcaObjects", 0, MOST)));
                name(Controller.RDMA, all.get());
            }
        }
        return adapters;
    }

    private Map<String, String> unified() throws UserException {
        Map<String, String> files = resources.textMap("unified");
        for (String file : files.keySet()) {
            var controller = Controller.ofFile(file);
            if (controller.isEmpty() || file.indexOf('/') >= 0) {
                throw resources.wrong("unified", "has " + file + ", which is no file of a controller that Kerr knows");
            }
            names.put(controller.get(), resources.path() + ".unified");
        }
        return files;
    }
}
