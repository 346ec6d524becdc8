package dev.kerr.runtime;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;

/// An object of a `config.json`, which knows where it is: what is wrong with a member is said with its path and line.
///
/// @param path of this object, as `linux.resources`; empty for the whole document
record ConfigNode(ConfigNode.ConfigDocument document, JsonObject object, String path) {
    ConfigNode {
        Objects.requireNonNull(document);
        Objects.requireNonNull(object);
        Objects.requireNonNull(path);
    }

    /// Reads a whole document.
    ///
    /// @param name of the file, for messages
    static ConfigNode read(String name, byte[] bytes) throws UserException {
        var document = new ConfigDocument(name, bytes);
        try {
            return new ConfigNode(document, JsonReader.readObject(bytes), "");
        } catch (FormatException malformed) {
            throw new UserException(name + ":" + document.line(malformed.offset()) + ": " + malformed.problem());
        }
    }

    boolean has(String name) {
        return object.has(name);
    }

    Optional<ConfigNode> child(String name) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof JsonObject child) {
            return Optional.of(new ConfigNode(document, child, full(name)));
        }
        throw wrong(name, "is no object");
    }

    ConfigNode need(String name) throws UserException {
        return child(name).orElseThrow(() -> wrong(name, "is missing"));
    }

    /// The objects of a list; none if there is no list.
    List<ConfigNode> children(String name) throws UserException {
        var children = new ArrayList<ConfigNode>();
        for (Json element : elements(name)) {
            String at = name + "[" + children.size() + "]";
            if (!(element instanceof JsonObject child)) {
                throw wrong(name, "has an element that is no object");
            }
            children.add(new ConfigNode(document, child, full(at)));
        }
        return children;
    }

    Optional<String> text(String name) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get() instanceof Json.Text(String text)) {
            if (text.indexOf('\0') >= 0) {
                throw wrong(name, "has a NUL character");
            }
            return Optional.of(text);
        }
        throw wrong(name, "is no text");
    }

    String textOrEmpty(String name) throws UserException {
        return text(name).orElse("");
    }

    String needText(String name) throws UserException {
        return text(name).filter(text -> !text.isEmpty()).orElseThrow(() -> wrong(name, "is missing"));
    }

    List<String> texts(String name) throws UserException {
        var texts = new ArrayList<String>();
        for (Json element : elements(name)) {
            if (!(element instanceof Json.Text(String text))) {
                throw wrong(name, "has an element that is no text");
            }
            if (text.indexOf('\0') >= 0) {
                throw wrong(name, "has a NUL character");
            }
            texts.add(text);
        }
        return texts;
    }

    /// Names and texts, sorted.
    Map<String, String> textMap(String name) throws UserException {
        var map = new TreeMap<String, String>();
        var child = child(name);
        if (child.isPresent()) {
            for (String key : child.get().object.members().keySet()) {
                map.put(key, child.get().textOrEmpty(key));
            }
        }
        return map;
    }

    boolean flag(String name) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isEmpty()) {
            return false;
        }
        if (value.get() instanceof Json.Truth(boolean truth)) {
            return truth;
        }
        throw wrong(name, "is neither true nor false");
    }

    /// A whole number within bounds.
    OptionalLong number(String name, long least, long most) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get() instanceof Json.Numeral(String literal)) {
            try {
                long number = Long.parseLong(literal);
                if (number >= least && number <= most) {
                    return OptionalLong.of(number);
                }
            } catch (NumberFormatException noWholeNumber) {
                // said below
            }
            throw wrong(name, "is no whole number from " + least + " to " + most);
        }
        throw wrong(name, "is no number");
    }

    long needNumber(String name, long least, long most) throws UserException {
        return number(name, least, most).orElseThrow(() -> wrong(name, "is missing"));
    }

    /// A number of 64 bits without a sign, as limits of resources are.
    long needUnsigned(String name) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isPresent() && value.get() instanceof Json.Numeral(String literal)) {
            try {
                return Long.parseUnsignedLong(literal);
            } catch (NumberFormatException noSuchNumber) {
                throw wrong(name, "is no whole number from 0 to 2^64-1");
            }
        }
        throw wrong(name, value.isEmpty() ? "is missing" : "is no number");
    }

    /// What the specification has and Kerr does not do: a member that asks for something is refused.
    void refuse(String reason, String... names) throws UserException {
        for (String name : names) {
            Optional<Json> value = object.find(name);
            if (value.isPresent() && asksForSomething(value.get())) {
                throw wrong(name, "is not supported: " + reason);
            }
        }
    }

    /// Writers leave values that mean nothing.
    private static boolean asksForSomething(Json value) {
        return switch (value) {
            case Json.Text(String text) -> !text.isEmpty();
            case Json.Numeral(String literal) -> !literal.equals("0");
            case Json.Truth(boolean truth) -> truth;
            case Json.Null() -> false;
            case Json.Array(var elements) -> !elements.isEmpty();
            case JsonObject(long _, var members) -> !members.isEmpty();
        };
    }

    /// That something about a member is wrong.
    UserException wrong(String name, String problem) {
        return wrong(name, problem, "");
    }

    UserException wrong(String name, String problem, String remedy) {
        int bracket = name.indexOf('[');
        String member = bracket < 0 ? name : name.substring(0, bracket);
        return new UserException(
                document.name() + ":" + document.line(object.offset(), member) + ": " + full(name) + " " + problem,
                remedy);
    }

    /// This object as a document of its own.
    byte[] bytes() {
        return JsonWriter.compact(object);
    }

    /// The same with only these members, for others to read.
    SequencedMap<String, Json> only(List<String> names) {
        var members = new LinkedHashMap<String, Json>();
        for (String name : names) {
            object.find(name).ifPresent(value -> members.put(name, value));
        }
        return members;
    }

    private List<Json> elements(String name) throws UserException {
        Optional<Json> value = object.find(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get() instanceof Json.Array(var elements)) {
            return elements;
        }
        throw wrong(name, "is no list");
    }

    private String full(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// The bytes of a document, in which lines are counted from 1.
    record ConfigDocument(String name, byte[] bytes) {
        ConfigDocument {
            Objects.requireNonNull(name);
            Objects.requireNonNull(bytes);
        }

        int line(long offset) {
            int line = 1;
            for (int i = 0; i < offset && i < bytes.length; i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            return line;
        }

        /// The line of a member of the object at an offset; the object's own if it has no such member.
        int line(long offset, String member) {
            byte[] quoted = ("\"" + member + "\"").getBytes(StandardCharsets.UTF_8);
            int depth = 0;
            for (int i = (int) offset; i < bytes.length; i++) {
                byte c = bytes[i];
                if (c == '"') {
                    if (depth == 1 && startsWith(i, quoted)) {
                        return line(i);
                    }
                    i = endOfText(i);
                }
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                if (depth == 0) {
                    break;
                }
            }
            return line(offset);
        }

        private int endOfText(int from) {
            for (int i = from + 1; i < bytes.length; i++) {
                if (bytes[i] == '\\') {
                    i++;
                } else if (bytes[i] == '"') {
                    return i;
                }
            }
            return bytes.length;
        }

        /// A name is what a colon follows.
        private boolean startsWith(int at, byte[] quoted) {
            for (int i = 0; i < quoted.length; i++) {
                if (at + i >= bytes.length || bytes[at + i] != quoted[i]) {
                    return false;
                }
            }
            int after = at + quoted.length;
            while (after < bytes.length && bytes[after] <= ' ') {
                after++;
            }
            return after < bytes.length && bytes[after] == ':';
        }
    }
}
