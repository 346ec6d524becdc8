package dev.kerr.oci;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Members of objects that are left out when they are empty.
final class Members {
    private Members() {}

    static void putText(Map<String, Json> members, String name, String text) {
        if (!text.isEmpty()) {
            members.put(name, new Json.Text(text));
        }
    }

    static void putTexts(Map<String, Json> members, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            members.put(name, Json.Array.of(texts));
        }
    }

    static void putMap(Map<String, Json> members, String name, SortedMap<String, String> map) {
        if (!map.isEmpty()) {
            var object = new LinkedHashMap<String, Json>();
            map.forEach((key, value) -> object.put(key, new Json.Text(value)));
            members.put(name, new JsonObject(object));
        }
    }

    /// A set, which these formats write as an object whose members are empty objects.
    static void putSet(Map<String, Json> members, String name, List<String> names) {
        if (!names.isEmpty()) {
            var object = new LinkedHashMap<String, Json>();
            names.forEach(each -> object.put(each, new JsonObject(new LinkedHashMap<>())));
            members.put(name, new JsonObject(object));
        }
    }
}
