package dev.kerr.network;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// A configuration of a network: a file `*.conflist`, of which the plugins are run in order.
///
/// A plugin is a program in a fixed directory: its name has no slash and no dot.
///
/// **Source:** [CNI specification](https://github.com/containernetworking/cni/blob/main/SPEC.md), section 1.
///
/// @param plugins at least one
record NetworkConfiguration(Path file, String name, String cniVersion, List<JsonObject> plugins) {
    private static final String SUFFIX = ".conflist";
    private static final int FILE_BYTES_MAX = 256 << 10;
    private static final int PLUGINS_MAX = 32;
    private static final String OLDEST = "0.3.0";

    NetworkConfiguration {
        plugins = List.copyOf(plugins);
    }

    /// Finds a network by its name, in the order of the files' names.
    ///
    /// @throws UserException if there is none, or a file is malformed
    static NetworkConfiguration named(String name, Path directory) throws UserException {
        var known = new ArrayList<String>();
        for (Path file : files(directory)) {
            var configuration = read(file);
            if (configuration.name.equals(name)) {
                return configuration;
            }
            known.add(configuration.name);
        }
        throw new UserException(
                "no network " + name + " is configured in " + directory,
                known.isEmpty() ? "--network none needs no configuration" : "there are " + String.join(", ", known));
    }

    private static Iterable<Path> files(Path directory) throws UserException {
        var files = new TreeSet<Path>();
        try (var stream = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            stream.forEach(files::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new UserException(
                    "cannot read the networks' configurations in " + directory,
                    "the directive is cni configuration path");
        }
        return files;
    }

    static NetworkConfiguration read(Path file) throws UserException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw malformed(file, "it has more than " + FILE_BYTES_MAX + " bytes");
            }
            return of(file, JsonReader.readObject(bytes));
        } catch (FormatException fault) {
            throw malformed(file, fault.problem() + " at offset " + fault.offset());
        } catch (IOException unreadable) {
            throw malformed(file, Reason.of(unreadable));
        }
    }

    private static NetworkConfiguration of(Path file, JsonObject json) throws FormatException {
        String name = json.text("name");
        if (!isWord(name, "_.-") || name.startsWith(".") || name.startsWith("-")) {
            throw json.fault("the name of a network is letters, digits, '_', '.' and '-'");
        }
        List<JsonObject> plugins = json.objects("plugins");
        if (plugins.isEmpty() || plugins.size() > PLUGINS_MAX) {
            throw json.fault("a network has 1 to " + PLUGINS_MAX + " plugins");
        }
        for (JsonObject plugin : plugins) {
            checkType(plugin);
            Optional<JsonObject> addresses = plugin.findObject("ipam");
            if (addresses.isPresent() && addresses.get().has("type")) {
                checkType(addresses.get());
            }
        }
        String version = json.findText("cniVersion").orElse(OLDEST);
        return new NetworkConfiguration(file, name, version, plugins);
    }

    /// A name that led out of the plugins' directory would be any program that root can run: CVE-2021-20206.
    private static void checkType(JsonObject plugin) throws FormatException {
        if (!isWord(plugin.text("type"), "_-")) {
            throw plugin.fault("the type of a plugin is letters, digits, '_' and '-'");
        }
    }

    private static boolean isWord(String text, String also) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || also.indexOf(c) >= 0;
            if (!fits) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// The programs that make it.
    List<String> programs() {
        var programs = new ArrayList<String>();
        for (JsonObject plugin : plugins) {
            programs.add(textOf(plugin, "type"));
            if (plugin.members().get("ipam") instanceof JsonObject addresses && addresses.has("type")) {
                programs.add(textOf(addresses, "type"));
            }
        }
        return programs;
    }

    private static String textOf(JsonObject object, String name) {
        return object.members().get(name) instanceof Json.Text(String text) ? text : "";
    }

    /// What its plugins are to make for one container.
    ///
    /// @throws UserException if none of them can do what the arguments ask for
    PluginList with(NetworkArguments arguments, String interfaceName) throws UserException {
        if (!arguments.ports().isEmpty() && !isCapable("portMappings")) {
            throw incapable("map ports", "portMappings");
        }
        if (!arguments.ranges().isEmpty() && !isCapable("ipRanges")) {
            throw incapable("choose a range of addresses", "ipRanges");
        }
        var given = new ArrayList<JsonObject>();
        for (JsonObject plugin : plugins) {
            given.add(with(arguments, plugin));
        }
        var pairs = new ArrayList<>(List.of("IgnoreUnknown=1")); // each plugin gets all, and knows its own
        pairs.addAll(arguments.others());
        return new PluginList(name, cniVersion, interfaceName, String.join(";", pairs), given);
    }

    private static JsonObject with(NetworkArguments arguments, JsonObject plugin) {
        var runtime = new LinkedHashMap<String, Json>();
        if (!arguments.ports().isEmpty() && isCapable(plugin, "portMappings")) {
            var ports = new ArrayList<Json>();
            for (PortMapping port : arguments.ports()) {
                var members = new LinkedHashMap<String, Json>();
                members.put("hostPort", new Json.Numeral(Integer.toString(port.hostPort())));
                members.put("containerPort", new Json.Numeral(Integer.toString(port.containerPort())));
                members.put("protocol", new Json.Text(port.protocol().word()));
                ports.add(new JsonObject(members));
            }
            runtime.put("portMappings", new Json.Array(ports));
        }
        if (!arguments.ranges().isEmpty() && isCapable(plugin, "ipRanges")) {
            var ranges = new ArrayList<Json>();
            for (String range : arguments.ranges()) {
                var members = new LinkedHashMap<String, Json>();
                members.put("subnet", new Json.Text(range));
                ranges.add(new JsonObject(members));
            }
            runtime.put("ipRanges", new Json.Array(List.of(new Json.Array(ranges))));
        }
        return runtime.isEmpty() ? plugin : plugin.with("runtimeConfig", new JsonObject(runtime));
    }

    private boolean isCapable(String capability) {
        for (JsonObject plugin : plugins) {
            if (isCapable(plugin, capability)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCapable(JsonObject plugin, String capability) {
        return plugin.members().get("capabilities") instanceof JsonObject capabilities
                && capabilities.members().get(capability) instanceof Json.Truth(boolean is)
                && is;
    }

    private UserException incapable(String what, String capability) {
        return new UserException(
                "network " + name + " cannot " + what,
                "none of the plugins in " + file + " has the capability " + capability);
    }

    private static UserException malformed(Path file, String why) {
        return new UserException("cannot use the network configuration " + file + ": " + why);
    }
}
