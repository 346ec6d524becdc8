package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.yaml.YamlReader;
import dev.kerr.yaml.YamlValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/// Reads `remote.yaml`, and writes it as the field's programs do.
///
/// ```yaml
/// Active: NAME
/// Remotes:
///     NAME:
///         URI: cloud.example.org
///         Token: SECRET
///         System: false
///         Exclusive: false
///         Insecure: true
///         Keyservers:
///             - URI: https://keys.example.org
///               Skip: false
///               External: true
///               Insecure: false
/// Credentials:
///     - URI: https://keys.example.org
///       Auth: SECRET
///       Insecure: false
/// ```
///
/// **Source:** apptainer `internal/pkg/remote/remote.go`, `endpoint/config.go`, `credential/config.go`. An unknown name
/// is an error there too.
final class RemotesText {
    private static final int LONGEST = 1 << 20;
    private static final int DEEPEST = 8;
    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/=+ ";

    private RemotesText() {}

    /// @throws FormatException if it is no YAML, or says something else
    static Remotes parse(byte[] text) throws FormatException {
        Json root = new YamlReader<>(LONGEST, DEEPEST, new Values()).read(text).orElse(new Json.Null());
        if (root instanceof Json.Null) {
            return Remotes.none();
        }
        if (!(root instanceof JsonObject object)) {
            throw new FormatException("it is no mapping", 0);
        }
        require(object, "Active", "Remotes", "Credentials");
        var remotes = new TreeMap<String, Remote>();
        for (var each : object.findObject("Remotes").orElse(nothing()).members().entrySet()) {
            if (!(each.getValue() instanceof JsonObject remote)) {
                throw new FormatException("the remote " + each.getKey() + " is no mapping", 0);
            }
            remotes.put(each.getKey(), remote(remote));
        }
        var credentials = new ArrayList<Credential>();
        for (JsonObject each : object.objects("Credentials")) {
            require(each, "URI", "Auth", "Insecure");
            credentials.add(new Credential(each.text("URI"), each.textOrEmpty("Auth"), truth(each, "Insecure")));
        }
        return new Remotes(object.textOrEmpty("Active"), remotes, credentials);
    }

    private static JsonObject nothing() {
        return new JsonObject(new LinkedHashMap<>());
    }

    private static Remote remote(JsonObject object) throws FormatException {
        require(object, "URI", "Token", "System", "Exclusive", "Insecure", "Keyservers");
        var servers = new ArrayList<KeyServer>();
        for (JsonObject each : object.objects("Keyservers")) {
            require(each, "URI", "Skip", "External", "Insecure");
            servers.add(new KeyServer(
                    each.text("URI"), truth(each, "Skip"), truth(each, "External"), truth(each, "Insecure")));
        }
        return new Remote(
                object.textOrEmpty("URI"),
                object.textOrEmpty("Token"),
                truth(object, "System"),
                truth(object, "Exclusive"),
                truth(object, "Insecure"),
                servers);
    }

    private static void require(JsonObject object, String... names) throws FormatException {
        Set<String> known = Set.of(names);
        for (String name : object.members().keySet()) {
            if (!known.contains(name)) {
                throw new FormatException("the name " + name + " is unknown", 0);
            }
        }
    }

    private static boolean truth(JsonObject object, String name) throws FormatException {
        String word = object.findText(name).orElse("false");
        return switch (word) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new FormatException(name + " is neither true nor false", 0);
        };
    }

    static String of(Remotes remotes) {
        var text = new StringBuilder();
        text.append("Active: ").append(scalar(remotes.active())).append("\nRemotes:");
        text.append(remotes.remotes().isEmpty() ? " {}\n" : "\n");
        for (Map.Entry<String, Remote> each : remotes.remotes().entrySet()) {
            text.append("    ").append(scalar(each.getKey())).append(":\n");
            write(each.getValue(), text);
        }
        if (!remotes.credentials().isEmpty()) {
            text.append("Credentials:\n");
        }
        for (Credential each : remotes.credentials()) {
            text.append("    - URI: ").append(scalar(each.uri())).append('\n');
            if (!each.auth().isEmpty()) {
                text.append("      Auth: ").append(scalar(each.auth())).append('\n');
            }
            text.append("      Insecure: ").append(each.insecure()).append('\n');
        }
        return text.toString();
    }

    private static void write(Remote remote, StringBuilder text) {
        String indent = "        ";
        if (!remote.uri().isEmpty()) {
            text.append(indent).append("URI: ").append(scalar(remote.uri())).append('\n');
        }
        if (!remote.token().isEmpty()) {
            text.append(indent).append("Token: ").append(scalar(remote.token())).append('\n');
        }
        text.append(indent).append("System: ").append(remote.system()).append('\n');
        text.append(indent).append("Exclusive: ").append(remote.exclusive()).append('\n');
        if (remote.insecure()) {
            text.append(indent).append("Insecure: true\n");
        }
        if (!remote.keyServers().isEmpty()) {
            text.append(indent).append("Keyservers:\n");
        }
        for (KeyServer server : remote.keyServers()) {
            text.append(indent)
                    .append("    - URI: ")
                    .append(scalar(server.uri()))
                    .append('\n');
            text.append(indent).append("      Skip: ").append(server.skip()).append('\n');
            text.append(indent)
                    .append("      External: ")
                    .append(server.external())
                    .append('\n');
            text.append(indent)
                    .append("      Insecure: ")
                    .append(server.insecure())
                    .append('\n');
        }
    }

    /// A text as it is if no reader can take it for anything else, or in quotes.
    private static String scalar(String text) {
        boolean isPlain = !text.isEmpty()
                && Character.isLetter(text.charAt(0))
                && !List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n")
                        .contains(text.toLowerCase(Locale.ROOT))
                && !text.endsWith(":")
                && !text.endsWith(" ")
                && !text.contains(": ")
                && text.chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
        return isPlain ? text : quoted(text);
    }

    /// **Source:** YAML 1.2.2, section 7.3.1.
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /// Values of YAML as those of JSON are here; whether a text is a number nobody asks.
    private static final class Values implements YamlValues<Json> {
        @Override
        public Json scalar(String text) {
            return new Json.Text(text);
        }

        @Override
        public Json nothing() {
            return new Json.Null();
        }

        @Override
        public Json items(List<Json> items) {
            return new Json.Array(items);
        }

        @Override
        public Json fields(SequencedMap<String, Json> fields) {
            return new JsonObject(fields);
        }
    }
}
