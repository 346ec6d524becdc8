package dev.kerr.instance;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The record of an instance: who it is, and how to be one of its processes.
///
/// @param about what the planner knew
/// @param anchor what the C program found when it had made it
///
/// **Source:** docs/formats/instance.md.
public record Instance(About about, Anchor anchor) {
    /// What `cgroup` says of an instance that has control groups of its own.
    public static final String LIMITED = "own";

    private static final int VERSION = 1;

    /// The members that the C program writes.
    private static final List<String> FACTS = List.of("pid", "ppid", "startTime", "bootId", "namespaces");

    public Instance {
        Objects.requireNonNull(about);
        Objects.requireNonNull(anchor);
    }

    /// @param user its owner's name
    /// @param image as a path on the host
    public record About(InstanceName name, String user, String image, Logs logs, Inside inside) {
        public About {
            Objects.requireNonNull(name);
            Objects.requireNonNull(user);
            Objects.requireNonNull(image);
            Objects.requireNonNull(logs);
            Objects.requireNonNull(inside);
        }
    }

    /// Its addresses in a network of its own, at present; none if it has no such network, or has ended.
    public List<String> addresses() {
        return Addresses.of(anchor);
    }

    /// Where its standard output and standard error go.
    public record Logs(String out, String error) {
        public Logs {
            Objects.requireNonNull(out);
            Objects.requireNonNull(error);
        }
    }

    /// What is so for all of its processes.
    ///
    /// @param home the home directory in the container
    /// @param binds the targets of the user's binds, with commas between
    /// @param cgroup [#LIMITED] if it has control groups of its own, else empty
    /// @param entry operations of the plan, the name and the arguments each, that give a process of it the rights that
    /// it
    ///     has, and no more
    public record Inside(String home, String binds, String cgroup, List<List<String>> entry) {
        public Inside {
            Objects.requireNonNull(home);
            Objects.requireNonNull(binds);
            Objects.requireNonNull(cgroup);
            entry = List.copyOf(entry);
        }
    }

    /// The text of a record that is to be written, in front of the C program's members and behind them.
    public record Template(String before, String after) {}

    /// What the C program is to write.
    public static Template template(About about) {
        String all = new String(JsonWriter.compact(encode(about)), StandardCharsets.UTF_8);
        return new Template(all.substring(0, all.length() - 1) + ", ", "}\n");
    }

    private static JsonObject encode(About about) {
        var entry = new ArrayList<Json>();
        for (List<String> operation : about.inside.entry) {
            entry.add(Json.Array.of(operation));
        }
        return new JsonObject(new LinkedHashMap<>())
                .with("version", new Json.Numeral(VERSION))
                .with("name", new Json.Text(about.name.text()))
                .with("user", new Json.Text(about.user))
                .with("image", new Json.Text(about.image))
                .with("logOutPath", new Json.Text(about.logs.out))
                .with("logErrPath", new Json.Text(about.logs.error))
                .with("home", new Json.Text(about.inside.home))
                .with("binds", new Json.Text(about.inside.binds))
                .with("cgroup", new Json.Text(about.inside.cgroup))
                .with("entry", new Json.Array(entry));
    }

    /// Reads a record. Nothing in it is to be believed before its [Anchor] is looked at.
    ///
    /// @throws FormatException if it is none
    static Instance decode(byte[] document) throws FormatException {
        JsonObject json = JsonReader.readObject(document);
        if (json.number("version") != VERSION) {
            throw json.fault("the record is of another version");
        }
        String name = json.text("name");
        if (!InstanceName.isName(name)) {
            throw json.fault("\"name\" is no name of an instance");
        }
        var inside = new Inside(json.text("home"), json.text("binds"), json.text("cgroup"), entry(json));
        var logs = new Logs(json.text("logOutPath"), json.text("logErrPath"));
        var about = new About(new InstanceName(name), json.text("user"), json.text("image"), logs, inside);
        var anchor = new Anchor(
                json.number(FACTS.get(0)),
                json.number(FACTS.get(1)),
                json.number(FACTS.get(2)),
                json.text(FACTS.get(3)),
                namespaces(json.object(FACTS.get(4))));
        return new Instance(about, anchor);
    }

    private static Map<String, Long> namespaces(JsonObject json) throws FormatException {
        var namespaces = new LinkedHashMap<String, Long>();
        for (String name : json.members().keySet()) {
            if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
                throw json.fault("\"" + name + "\" is no kind of namespace");
            }
            namespaces.put(name, json.number(name));
        }
        return namespaces;
    }

    private static List<List<String>> entry(JsonObject json) throws FormatException {
        var operations = new ArrayList<List<String>>();
        if (!(json.find("entry").orElse(new Json.Null()) instanceof Json.Array array)) {
            throw json.fault("\"entry\" is no list");
        }
        for (Json element : array.elements()) {
            var words = new ArrayList<String>();
            if (element instanceof Json.Array operation) {
                for (Json word : operation.elements()) {
                    words.add(word instanceof Json.Text(String text) ? text : "");
                }
            }
            if (words.isEmpty() || words.getFirst().isEmpty()) {
                throw json.fault("an operation of \"entry\" has no name");
            }
            operations.add(words);
        }
        return operations;
    }
}
