package dev.kerr.network;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Networks that the site configures, for root.
final class ConfiguredNetworks {
    /// It is one word of a program's: MAX_ARG_STRLEN, execve(2).
    private static final int DOCUMENT_BYTES_MAX = 120 << 10;

    private ConfiguredNetworks() {}

    /// What connects a namespace to these networks, by interfaces `eth0`, `eth1`, … in their order.
    ///
    /// @param arguments as typed
    /// @throws UserException if a network is not configured, or cannot do what is asked for
    static Connection connect(List<String> names, List<String> arguments, NetworkHost host)
            throws UserException, IOException {
        var plugins = host.pluginDirectory();
        if (plugins.isEmpty()) {
            throw new UserException(
                    "no plugins of CNI on this host for the network " + names.getFirst(),
                    "install the package containernetworking-plugins, or use --network none or --network pasta");
        }
        var networks = new ArrayList<PluginList>();
        for (int i = 0; i < names.size(); i++) {
            var configuration = NetworkConfiguration.named(names.get(i), host.configurations());
            var own = NetworkArguments.of(names.get(i), arguments, names);
            networks.add(configuration.with(own, "eth" + i));
            for (String type : configuration.programs()) {
                checkPlugin(plugins.get().resolve(type), configuration);
            }
        }
        NetworkArguments.of(names.getFirst(), arguments, names); // what is for no network at all is refused there
        var command = List.of(
                host.kerr(),
                PluginRun.OPTION,
                NetworkHelper.ACT,
                NetworkHelper.NAMESPACE,
                plugins.get().toString(),
                document(networks));
        return new Connection.Helped(
                new NetworkHelper(NetworkHelper.Manner.ONCE, List.of(), List.of(), command, Optional.empty()));
    }

    /// Root runs what is there: so nobody else may have put it there.
    private static void checkPlugin(Path plugin, NetworkConfiguration configuration) throws UserException, IOException {
        if (!Files.isRegularFile(plugin) || !plugin.toFile().canExecute()) {
            throw new UserException(
                    "network " + configuration.name() + " (" + configuration.file() + ") needs the plugin " + plugin
                            + ", which is not there",
                    "install it, or use another network");
        }
        Path real = plugin.toRealPath();
        for (Path path : List.of(real, real.resolveSibling("."))) {
            var attributes = Files.readAttributes(path, "unix:uid,mode");
            boolean foreign = !Integer.valueOf(0).equals(attributes.get("uid"));
            boolean open = attributes.get("mode") instanceof Integer mode && (mode & 022) != 0;
            if (foreign || open) {
                throw new UserException(
                        "the plugin " + plugin + " is not run: others than root may write to " + path.normalize(),
                        "chown root, chmod go-w");
            }
        }
    }

    private static String document(List<PluginList> networks) throws UserException {
        var all = new ArrayList<Json>();
        for (PluginList network : networks) {
            all.add(network.json());
        }
        var members = new LinkedHashMap<String, Json>();
        members.put("networks", new Json.Array(all));
        byte[] document = JsonWriter.compact(new JsonObject(members));
        if (document.length > DOCUMENT_BYTES_MAX) {
            throw new UserException("the networks' configurations have more than 120 KiB in all");
        }
        return new String(document, StandardCharsets.UTF_8);
    }
}
