package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Limits from the options of a launch, such as `--memory 2g`.
public final class OptionLimits {
    /// µs; what Apptainer and Docker reckon with.
    private static final long PERIOD = 100_000;

    /// The options by the keys of a file of limits.
    private static final LimitRules.Names OPTIONS = new LimitRules.Names() {
        @Override
        public String of(String key) {
            return switch (key) {
                case "cpu.shares" -> "--cpu-shares";
                case "cpu.quota" -> "--cpus";
                case "cpu.cpus" -> "--cpuset-cpus";
                case "cpu.mems" -> "--cpuset-mems";
                case "memory.limit" -> "--memory";
                case "memory.reservation" -> "--memory-reservation";
                case "memory.swap" -> "--memory-swap";
                case "pids.limit" -> "--pids-limit";
                case "blockIO.weight" -> "--blkio-weight";
                case "blockIO.weightDevice" -> "--blkio-weight-device";
                default -> key;
            };
        }
    };

    /// The options as typed.
    public interface Values {
        /// The value of an option; empty if it was not given.
        Optional<String> value(String option);

        /// The items of one that may be a list.
        List<String> items(String option);

        boolean flag(String option);
    }

    private final Values values;
    private final HostFiles host;
    private final Map<Controller, String> names = new TreeMap<>();

    private OptionLimits(Values values, HostFiles host) {
        this.values = values;
        this.host = host;
    }

    /// @throws UserException if a value is none, out of range, of what the host has not, or contradicts another
    public static Limits parse(Values values, HostFiles host) throws UserException {
        return new OptionLimits(values, host).limits();
    }

    private Limits limits() throws UserException {
        var cpu = cpu();
        var memory = new Limits.Memory(
                bytes("memory"),
                bytes("memory-reservation"),
                bytes("memory-swap"),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                values.flag("oom-kill-disable"));
        if (memory.waits()) {
            names.putIfAbsent(Controller.MEMORY, "--oom-kill-disable");
        }
        var processes = number("pids-limit", Controller.PIDS, 0);
        var io = new Limits.BlockIo(
                number("blkio-weight", Controller.IO, 0), OptionalLong.empty(), deviceWeights(), List.of());
        var limits = new Limits(
                cpu, memory, processes, io, List.of(), List.of(), Limits.Network.NONE, List.of(), Map.of(), names);
        new LimitRules(OPTIONS, host).check(limits);
        return limits;
    }

    private Limits.Cpu cpu() throws UserException {
        var quota = cpus();
        return new Limits.Cpu(
                number("cpu-shares", Controller.CPU, -1),
                quota,
                quota.isPresent() ? OptionalLong.of(PERIOD) : OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                text("cpuset-cpus", Controller.CPUSET),
                text("cpuset-mems", Controller.CPUSET));
    }

    /// So many processors as µs a period.
    private OptionalLong cpus() throws UserException {
        var text = given("cpus", Controller.CPU);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        int most = LimitRules.processors(host);
        try {
            var cpus = text.get().length() > 20 ? BigDecimal.ZERO : new BigDecimal(text.get());
            if (cpus.compareTo(new BigDecimal("0.01")) >= 0 && cpus.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return OptionalLong.of(cpus.multiply(BigDecimal.valueOf(PERIOD)).longValue());
            }
        } catch (NumberFormatException word) {
            // said below
        }
        throw new UserException(
                "--cpus " + text.get() + " is no number of processors",
                "from 0.01 to " + most + ", which the host has");
    }

    private OptionalLong bytes(String option) throws UserException {
        var text = given(option, Controller.MEMORY);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        var bytes = text.get().equals("-1") ? OptionalLong.of(-1) : Bytes.parse(text.get());
        if (bytes.isEmpty()) {
            throw new UserException("--" + option + " " + text.get() + " is no size", "it is such as 512m or 2g");
        }
        return bytes;
    }

    /// @param none below or at which, or −1, a number means that there is no limit
    private OptionalLong number(String option, Controller controller, long none) throws UserException {
        var text = values.value(option);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text.get());
            if (number == none || number == -1) {
                return OptionalLong.empty();
            }
            names.putIfAbsent(controller, "--" + option);
            return OptionalLong.of(number);
        } catch (NumberFormatException word) {
            throw new UserException("--" + option + " " + text.get() + " is no whole number");
        }
    }

    private String text(String option, Controller controller) {
        return given(option, controller).orElse("");
    }

    private Optional<String> given(String option, Controller controller) {
        var text = values.value(option);
        if (text.isPresent()) {
            names.putIfAbsent(controller, "--" + option);
        }
        return text;
    }

    private List<Limits.DeviceValue> deviceWeights() throws UserException {
        var weights = new ArrayList<Limits.DeviceValue>();
        for (String item : values.items("blkio-weight-device")) {
            int colon = item.lastIndexOf(':');
            String path = colon < 0 ? item : item.substring(0, colon);
            var device = host.blockDevice(path);
            if (colon < 0 || device.isEmpty()) {
                throw new UserException(
                        "--blkio-weight-device " + item + ": " + path + " is no block device",
                        "it is such as /dev/sda:500");
            }
            try {
                long weight = Long.parseLong(item.substring(colon + 1));
                weights.add(new Limits.DeviceValue(
                        device.get().major(), device.get().minor(), weight));
            } catch (NumberFormatException word) {
                throw new UserException("--blkio-weight-device " + item + ": the weight is no whole number");
            }
            names.putIfAbsent(Controller.IO, "--blkio-weight-device");
        }
        return weights;
    }
}
