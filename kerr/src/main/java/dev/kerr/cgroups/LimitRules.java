package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.util.OptionalLong;

/// What limits must be, whatever they are applied by: within their ranges, of processors and nodes that the host has,
/// and without contradictions.
final class LimitRules {
    private static final String CPUS_ONLINE = "/sys/devices/system/cpu/online";
    private static final String NODES_ONLINE = "/sys/devices/system/node/online";

    /// What a user wrote a limit by.
    interface Names {
        /// @param key of the file of limits, such as `memory.limit`
        String of(String key);
    }

    private final Names names;
    private final HostFiles host;

    LimitRules(Names names, HostFiles host) {
        this.names = names;
        this.host = host;
    }

    /// @throws UserException that names the first that is wrong
    void check(Limits limits) throws UserException {
        check(limits.cpu());
        check(limits.memory());
        within("pids.limit", limits.processes(), 1, 1L << 22, true);
        within("blockIO.weight", limits.io().weight(), 10, 1000, false);
        within("blockIO.leafWeight", limits.io().leafWeight(), 10, 1000, false);
        for (Limits.DeviceValue weight : limits.io().weights()) {
            within("blockIO.weightDevice", OptionalLong.of(weight.value()), 10, 1000, false);
        }
    }

    private void check(Limits.Cpu cpu) throws UserException {
        within("cpu.shares", cpu.shares(), 2, 262_144, false);
        within("cpu.quota", cpu.quota(), 1000, Long.MAX_VALUE, true);
        within("cpu.period", cpu.period(), 1000, 1_000_000, false);
        subset("cpu.cpus", cpu.cpus(), CPUS_ONLINE, "processors");
        subset("cpu.mems", cpu.mems(), NODES_ONLINE, "memory nodes");
    }

    private void check(Limits.Memory memory) throws UserException {
        size("memory.limit", memory.limit());
        size("memory.reservation", memory.reservation());
        size("memory.swap", memory.swap());
        within("memory.swappiness", memory.swappiness(), 0, 100, false);
        long limit = memory.limit().orElse(-1);
        if (memory.swap().isPresent() && limit < 0) {
            throw new UserException(
                    names.of("memory.swap") + " without " + names.of("memory.limit") + " means nothing",
                    "it is memory and swap together");
        }
        if (memory.swap().isPresent()
                && memory.swap().getAsLong() >= 0
                && memory.swap().getAsLong() < limit) {
            throw new UserException(
                    names.of("memory.swap") + " is less than " + names.of("memory.limit"),
                    "it is memory and swap together");
        }
        if (limit >= 0 && memory.reservation().orElse(0) > limit) {
            throw new UserException(names.of("memory.reservation") + " is more than " + names.of("memory.limit"));
        }
    }

    /// A size of at least a page, or −1.
    private void size(String key, OptionalLong bytes) throws UserException {
        if (bytes.isPresent() && bytes.getAsLong() != -1 && bytes.getAsLong() < 4096) {
            throw new UserException(names.of(key) + " " + bytes.getAsLong() + " is less than a page of memory");
        }
    }

    private void within(String key, OptionalLong number, long least, long most, boolean mayBeNone)
            throws UserException {
        if (number.isEmpty()) {
            return;
        }
        long value = number.getAsLong();
        if ((value < least || value > most) && !(mayBeNone && value == -1)) {
            String range = most == Long.MAX_VALUE ? "at least " + least : "from " + least + " to " + most;
            throw new UserException(
                    names.of(key) + " " + value + " is out of range",
                    range + (mayBeNone ? ", or -1 for no limit" : ""));
        }
    }

    private void subset(String key, String text, String file, String what) throws UserException {
        if (text.isEmpty()) {
            return;
        }
        var wanted = NumberSet.parse(text);
        if (wanted.isEmpty()) {
            throw new UserException(names.of(key) + " " + text + " is no list of " + what, "it is such as 0-3,7");
        }
        var there = NumberSet.parse(host.text(file).orElse(""));
        if (there.isPresent()) {
            String missing = NumberSet.missing(wanted.get(), there.get());
            if (!missing.isEmpty()) {
                throw new UserException(
                        names.of(key) + " " + text + ": the host has no " + what + " " + missing,
                        "it has " + host.text(file).orElse("").strip());
            }
        }
    }

    /// How many processors the host has.
    static int processors(HostFiles host) {
        var online = NumberSet.parse(host.text(CPUS_ONLINE).orElse(""));
        return online.isPresent()
                ? online.get().cardinality()
                : Runtime.getRuntime().availableProcessors();
    }
}
