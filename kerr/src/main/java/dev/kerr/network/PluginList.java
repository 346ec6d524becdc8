package dev.kerr.network;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// One network as its plugins are to make it.
///
/// @param interfaceName in the container
/// @param arguments for all plugins, `KEY=VALUE;…`: the variable `CNI_ARGS`
/// @param plugins what each reads, in order, but for the result of the one before
record PluginList(String name, String cniVersion, String interfaceName, String arguments, List<JsonObject> plugins) {
    PluginList {
        plugins = List.copyOf(plugins);
    }

    JsonObject json() {
        var members = new LinkedHashMap<String, Json>();
        members.put("name", new Json.Text(name));
        members.put("cniVersion", new Json.Text(cniVersion));
        members.put("interface", new Json.Text(interfaceName));
        members.put("arguments", new Json.Text(arguments));
        members.put("plugins", new Json.Array(new ArrayList<Json>(plugins)));
        return new JsonObject(members);
    }

    static PluginList of(JsonObject json) throws FormatException {
        return new PluginList(
                json.text("name"),
                json.text("cniVersion"),
                json.text("interface"),
                json.textOrEmpty("arguments"),
                json.objects("plugins"));
    }
}
