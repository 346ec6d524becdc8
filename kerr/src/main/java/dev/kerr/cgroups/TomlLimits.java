package dev.kerr.cgroups;

import dev.kerr.log.UserException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/// Limits from a TOML file: the OCI's resources, with the OCI's names. A key that is not known is refused: a limit that
/// is misspelt would else be none.
///
/// **Source:** the OCI's runtime specification, `config-linux.md`; Apptainer's `internal/pkg/cgroups/config_linux.go`.
public final class TomlLimits {
    private static final Set<String> SECTIONS =
            Set.of("cpu", "memory", "pids", "blockIO", "devices", "hugepageLimits", "network", "rdma", "unified");

    /// More than any file of limits has.
    private static final int DEEPEST = 20;

    private final String file;
    private final TomlTable root;
    private final Map<Controller, String> names = new EnumMap<>(Controller.class);

    private TomlLimits(String file, TomlTable root) {
        this.file = file;
        this.root = root;
    }

    /// @param file its name, for messages
    /// @throws UserException if it is no TOML, has a key that means nothing, or a value that is wrong
    public static Limits parse(String file, String text, HostFiles host) throws UserException {
        if (depth(text) > DEEPEST) { // the parser recurses
            throw new UserException(file + ": brackets lie too deep in each other");
        }
        TomlParseResult result = Toml.parse(text);
        if (result.hasErrors()) {
            TomlParseError error = result.errors().getFirst();
            throw new UserException(file + ":" + error.position().line() + ": this is no TOML: " + error.getMessage());
        }
        var limits = new TomlLimits(file, result).limits();
        new LimitRules(key -> key + " of " + file, host).check(limits);
        return limits;
    }

    /// How deep brackets lie in each other at most; those in texts and comments count, too.
    private static int depth(String text) {
        int depth = 0;
        int deepest = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            depth = Math.max(depth, 0);
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    private Limits limits() throws UserException {
        known(root, "", SECTIONS);
        return new Limits(
                cpu(), memory(), processes(), io(), devices(), hugePages(), network(), rdma(), unified(), names);
    }

    private Limits.Cpu cpu() throws UserException {
        TomlTable table = section("cpu");
        known(table, "cpu", Set.of("shares", "quota", "period", "realtimeRuntime", "realtimePeriod", "cpus", "mems"));
        for (String key : table.keySet()) {
            asked(key.equals("cpus") || key.equals("mems") ? Controller.CPUSET : Controller.CPU, "cpu");
        }
        return new Limits.Cpu(
                number(table, "cpu", "shares"),
                number(table, "cpu", "quota"),
                number(table, "cpu", "period"),
                number(table, "cpu", "realtimeRuntime"),
                number(table, "cpu", "realtimePeriod"),
                string(table, "cpu", "cpus", ""),
                string(table, "cpu", "mems", ""));
    }

    private Limits.Memory memory() throws UserException {
        TomlTable table = section("memory");
        known(
                table,
                "memory",
                Set.of("limit", "reservation", "swap", "kernel", "kernelTCP", "swappiness", "disableOOMKiller"));
        if (!table.isEmpty()) {
            asked(Controller.MEMORY, "memory");
        }
        return new Limits.Memory(
                number(table, "memory", "limit"),
                number(table, "memory", "reservation"),
                number(table, "memory", "swap"),
                number(table, "memory", "kernel"),
                number(table, "memory", "kernelTCP"),
                number(table, "memory", "swappiness"),
                truth(table, "memory", "disableOOMKiller"));
    }

    private OptionalLong processes() throws UserException {
        TomlTable table = section("pids");
        known(table, "pids", Set.of("limit"));
        var limit = number(table, "pids", "limit");
        if (limit.isEmpty() || limit.getAsLong() == 0) {
            return OptionalLong.empty();
        }
        asked(Controller.PIDS, "pids");
        return limit;
    }

    private Limits.BlockIo io() throws UserException {
        TomlTable table = section("blockIO");
        known(
                table,
                "blockIO",
                Set.of(
                        "weight",
                        "leafWeight",
                        "weightDevice",
                        "throttleReadBpsDevice",
                        "throttleWriteBpsDevice",
                        "throttleReadIOPSDevice",
                        "throttleWriteIOPSDevice"));
        if (!table.isEmpty()) {
            asked(Controller.IO, "blockIO");
        }
        var weights = new ArrayList<Limits.DeviceValue>();
        for (TomlTable device : tables(table, "blockIO", "weightDevice")) {
            if (device.contains("leafWeight")) {
                throw wrong("blockIO.weightDevice.leafWeight", "is of a scheduler that Linux 5.0 removed");
            }
            weights.add(deviceValue(device, "blockIO.weightDevice", "weight"));
        }
        var rates = new ArrayList<Limits.DeviceRate>();
        rates(rates, table, "throttleReadBpsDevice", Limits.Rate.READ_BYTES);
        rates(rates, table, "throttleWriteBpsDevice", Limits.Rate.WRITE_BYTES);
        rates(rates, table, "throttleReadIOPSDevice", Limits.Rate.READS);
        rates(rates, table, "throttleWriteIOPSDevice", Limits.Rate.WRITES);
        return new Limits.BlockIo(
                number(table, "blockIO", "weight"), number(table, "blockIO", "leafWeight"), weights, rates);
    }

    private void rates(List<Limits.DeviceRate> to, TomlTable table, String key, Limits.Rate rate) throws UserException {
        for (TomlTable device : tables(table, "blockIO", key)) {
            to.add(new Limits.DeviceRate(rate, deviceValue(device, "blockIO." + key, "rate")));
        }
    }

    private Limits.DeviceValue deviceValue(TomlTable table, String where, String key) throws UserException {
        known(table, where, Set.of("major", "minor", key));
        return new Limits.DeviceValue(
                needed(table, where, "major"), needed(table, where, "minor"), needed(table, where, key));
    }

    private List<Limits.Device> devices() throws UserException {
        var devices = new ArrayList<Limits.Device>();
        for (TomlTable table : tables(root, "", "devices")) {
            known(table, "devices", Set.of("allow", "type", "major", "minor", "access"));
            String type = string(table, "devices", "type", "a");
            String access = string(table, "devices", "access", "rwm");
            if (!Set.of("a", "b", "c").contains(type)
                    || access.isEmpty()
                    || !"rwm".contains(access) && !access.equals("rm")) {
                throw wrong("devices", "type is a, b or c, and access of r, w, m in this order");
            }
            boolean all = type.equals("a");
            devices.add(new Limits.Device(
                    truth(table, "devices", "allow"),
                    type,
                    all ? OptionalLong.empty() : number(table, "devices", "major"),
                    all ? OptionalLong.empty() : number(table, "devices", "minor"),
                    access));
            asked(Controller.DEVICES, "devices");
        }
        return devices;
    }

    private List<Limits.HugePages> hugePages() throws UserException {
        var pages = new ArrayList<Limits.HugePages>();
        for (TomlTable table : tables(root, "", "hugepageLimits")) {
            known(table, "hugepageLimits", Set.of("limit", "pageSize"));
            String size = string(table, "hugepageLimits", "pageSize", "");
            if (!isPageSize(size)) {
                throw wrong("hugepageLimits.pageSize", "is such as 2MB or 1GB");
            }
            pages.add(new Limits.HugePages(size, needed(table, "hugepageLimits", "limit")));
            asked(Controller.HUGETLB, "hugepageLimits");
        }
        return pages;
    }

    private static boolean isPageSize(String size) {
        int digits = size.length() - 2;
        for (int i = 0; i < digits; i++) {
            if (size.charAt(i) < '0' || size.charAt(i) > '9') {
                return false;
            }
        }
        return digits > 0 && digits < 6 && Set.of("KB", "MB", "GB").contains(size.substring(digits));
    }

    private Limits.Network network() throws UserException {
        TomlTable table = section("network");
        known(table, "network", Set.of("classID", "priorities"));
        var priorities = new TreeMap<String, Long>();
        for (TomlTable entry : tables(table, "network", "priorities")) {
            known(entry, "network.priorities", Set.of("name", "priority"));
            String name = string(entry, "network.priorities", "name", "");
            if (name.isEmpty() || name.indexOf(' ') >= 0) {
                throw wrong("network.priorities.name", "names no interface");
            }
            priorities.put(name, needed(entry, "network.priorities", "priority"));
            asked(Controller.NET_PRIORITY, "network");
        }
        var classId = number(table, "network", "classID");
        if (classId.isPresent()) {
            asked(Controller.NET_CLASS, "network");
        }
        return new Limits.Network(classId, priorities);
    }

    /// An adapter's limits are a table, or a list of one: Apptainer's example is the latter.
    private List<Limits.Rdma> rdma() throws UserException {
        var adapters = new ArrayList<Limits.Rdma>();
        TomlTable section = section("rdma");
        for (String name : section.keySet()) {
            var tables = section.get(List.of(name)) instanceof TomlTable single
                    ? List.of(single)
                    : tables(section, "rdma", name);
            for (TomlTable table : tables) {
                known(table, "rdma." + name, Set.of("hcaHandles", "hcaObjects"));
                adapters.add(new Limits.Rdma(
                        name, number(table, "rdma", "hcaHandles"), number(table, "rdma", "hcaObjects")));
                asked(Controller.RDMA, "rdma");
            }
        }
        return adapters;
    }

    private Map<String, String> unified() throws UserException {
        var unified = new TreeMap<String, String>();
        TomlTable table = section("unified");
        for (String key : table.keySet()) {
            boolean isName =
                    key.indexOf('.') > 0 && !key.contains("/") && !key.contains("..") && !key.startsWith("cgroup.");
            var controller = Controller.ofFile(key);
            if (!isName || controller.isEmpty()) {
                throw wrong("unified.\"" + key + "\"", "is no file of a controller of cgroup version 2");
            }
            unified.put(key, string(table, "unified", key, ""));
            asked(controller.get(), "unified");
        }
        return unified;
    }

    private void asked(Controller controller, String section) {
        names.putIfAbsent(controller, "[" + section + "] of " + file);
    }

    // ---- values

    private TomlTable section(String name) throws UserException {
        Object value = root.get(List.of(name));
        return switch (value) {
            case null -> Toml.parse("");
            case TomlTable table -> table;
            default -> throw wrong(name, "is no table");
        };
    }

    private void known(TomlTable table, String where, Set<String> keys) throws UserException {
        for (String key : table.keySet()) {
            if (!keys.contains(key)) {
                throw wrong(where.isEmpty() ? key : where + "." + key, "is no limit");
            }
        }
    }

    private List<TomlTable> tables(TomlTable table, String where, String key) throws UserException {
        Object value = table.get(List.of(key));
        if (value == null) {
            return List.of();
        }
        var tables = new ArrayList<TomlTable>();
        if (value instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof TomlTable item) {
                    tables.add(item);
                }
            }
            if (tables.size() == array.size()) {
                return tables;
            }
        }
        throw wrong(where.isEmpty() ? key : where + "." + key, "is no list of tables");
    }

    private long needed(TomlTable table, String where, String key) throws UserException {
        var number = number(table, where, key);
        if (number.isEmpty() || number.getAsLong() < 0) {
            throw wrong(where + "." + key, "must be a whole number of 0 or more");
        }
        return number.getAsLong();
    }

    private OptionalLong number(TomlTable table, String where, String key) throws UserException {
        Object value = table.get(List.of(key));
        return switch (value) {
            case null -> OptionalLong.empty();
            case Long number -> OptionalLong.of(number);
            default -> throw wrong(where + "." + key, "is no whole number");
        };
    }

    private String string(TomlTable table, String where, String key, String otherwise) throws UserException {
        Object value = table.get(List.of(key));
        return switch (value) {
            case null -> otherwise;
            case String text when text.indexOf('\0') < 0 -> text;
            default -> throw wrong(where + "." + key, "is no text");
        };
    }

    private boolean truth(TomlTable table, String where, String key) throws UserException {
        Object value = table.get(List.of(key));
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            default -> throw wrong(where + "." + key, "is neither true nor false");
        };
    }

    private UserException wrong(String key, String what) {
        return new UserException(Objects.requireNonNull(file) + ": " + key + " " + what);
    }
}
