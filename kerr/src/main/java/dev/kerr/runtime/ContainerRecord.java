package dev.kerr.runtime;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.ProcessStatus;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What is known of a container: what it was made of, and which process is its.
///
/// @param created in milliseconds since 1970
/// @param groups its control groups, absolute paths on the host
/// @param runner who stays until the container ends, and then removes the record; [Anchor#NOBODY] if nobody does
/// @param config its `config.json` as it was
/// @param namespaces their inode numbers, by the names of `/proc/PID/ns`
///
/// **Source:** docs/formats/oci-state.md.
public record ContainerRecord(
        String id,
        String bundle,
        long created,
        List<String> groups,
        Anchor runner,
        JsonObject config,
        Anchor process,
        Map<String, Long> namespaces) {
    private static final int VERSION = 1;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    public ContainerRecord {
        Objects.requireNonNull(id);
        Objects.requireNonNull(bundle);
        groups = List.copyOf(groups);
        Objects.requireNonNull(runner);
        Objects.requireNonNull(config);
        Objects.requireNonNull(process);
        namespaces = Map.copyOf(namespaces);
    }

    /// What tells a process from all others: its number may be another's by now.
    ///
    /// @param startTime in clock ticks since boot
    public record Anchor(long pid, long startTime, String bootId) {
        public static final Anchor NOBODY = new Anchor(0, 0, "");

        public Anchor {
            Objects.requireNonNull(bootId);
        }

        /// The process that started this one: whoever performs what this one plans.
        public static Anchor ofParent() {
            var self = ProcessStatus.of(ProcessHandle.current().pid());
            var parent = self.flatMap(status -> ProcessStatus.of(status.parent()));
            return parent.map(status -> new Anchor(status.pid(), status.startTime(), currentBootId()))
                    .orElse(NOBODY);
        }

        private static Anchor decode(JsonObject json) throws FormatException {
            return new Anchor(json.number("pid"), json.number("startTime"), json.text("bootId"));
        }

        private JsonObject json() {
            return new JsonObject(new LinkedHashMap<>())
                    .with("pid", new Json.Numeral(pid))
                    .with("startTime", new Json.Numeral(startTime))
                    .with("bootId", new Json.Text(bootId));
        }

        /// Whether it has not ended.
        public boolean isAlive() {
            var status = ProcessStatus.of(pid);
            return status.isPresent()
                    && status.get().startTime() == startTime
                    && !status.get().hasEnded()
                    && bootId.equals(currentBootId());
        }

        private static String currentBootId() {
            try {
                return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
            } catch (IOException noProc) {
                return "";
            }
        }
    }

    /// What the C program writes of it.
    ///
    /// @param before the record up to the members that the C program adds
    /// @param after behind these
    /// @param state for hooks, without its last members and the brace
    public record Texts(String before, String after, String state) {
        /// For a process that no record is written of.
        public static final Texts NONE = new Texts("", "", "");
    }

    /// The texts for a container that is to be made.
    ///
    /// @param runner as in the record
    public static Texts texts(
            String id, String bundle, long created, List<String> groups, Anchor runner, BundleConfig config) {
        var record = new JsonObject(new LinkedHashMap<>())
                .with("record", new Json.Numeral(VERSION))
                .with("id", new Json.Text(id))
                .with("bundle", new Json.Text(bundle))
                .with("created", new Json.Numeral(created))
                .with("cgroups", Json.Array.of(groups))
                .with("runner", runner.json())
                .with("config", config.json());
        return new Texts(open(record) + ", ", "}\n", open(state(id, bundle, config.json())));
    }

    /// The state of one that was made, for hooks.
    public String stateForHooks() {
        return open(state(id, bundle, config));
    }

    /// The state as the specification has it.
    public JsonObject state(String status, long pid) {
        return state(id, bundle, config).with("status", new Json.Text(status)).with("pid", new Json.Numeral(pid));
    }

    private static JsonObject state(String id, String bundle, JsonObject config) {
        return new JsonObject(new LinkedHashMap<>())
                .with("ociVersion", config.find("ociVersion").orElse(new Json.Text("1.0.0")))
                .with("id", new Json.Text(id))
                .with("bundle", new Json.Text(bundle))
                .with("annotations", config.find("annotations").orElse(new JsonObject(new LinkedHashMap<>())));
    }

    private static String open(JsonObject object) {
        String text = new String(JsonWriter.compact(object), StandardCharsets.UTF_8);
        return text.substring(0, text.length() - 1);
    }

    /// Reads a record.
    ///
    /// @throws FormatException if it is none
    static ContainerRecord decode(byte[] document) throws FormatException {
        JsonObject json = JsonReader.readObject(document);
        if (json.number("record") != VERSION) {
            throw json.fault("the record is of another version");
        }
        var namespaces = new LinkedHashMap<String, Long>();
        JsonObject inodes = json.object("namespaces");
        for (String kind : inodes.members().keySet()) {
            if (!kind.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
                throw json.fault("\"" + kind + "\" is no kind of namespace");
            }
            namespaces.put(kind, inodes.number(kind));
        }
        List<String> groups = json.texts("cgroups");
        for (String group : groups) {
            if (!group.startsWith("/") || List.of(group.split("/")).contains("..")) {
                throw json.fault("\"cgroups\" has what is no control group");
            }
        }
        return new ContainerRecord(
                json.text("id"),
                json.text("bundle"),
                json.number("created"),
                groups,
                json.find("runner").isPresent() ? Anchor.decode(json.object("runner")) : Anchor.NOBODY,
                json.object("config"),
                Anchor.decode(json),
                namespaces);
    }

    /// Whether it has ended, and whoever stayed to remove what it leaves was killed: nobody else has been asked to.
    boolean isAbandoned() {
        return !runner.equals(Anchor.NOBODY) && !runner.isAlive() && !process.isAlive();
    }

    /// What its configuration asks for.
    public BundleConfig readConfig() throws UserException {
        return ConfigReader.read(ConfigReader.FILE, JsonWriter.compact(config));
    }
}
