package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// How an image is run, and what its layers are when they are unpacked.
///
/// **Source:** OCI image specification 1.1, `config.md`.
///
/// @param created when, as RFC 3339 has it; may be empty
/// @param diffIds digests of the layers as plain tar, the lowest first
public record ImageConfig(Platform platform, String created, Execution execution, List<Digest> diffIds) {
    /// The most that a configuration may have.
    public static final int MOST_BYTES = 8 << 20;

    private static final int MOST_TEXTS = 10_000;

    public ImageConfig {
        Objects.requireNonNull(platform);
        Objects.requireNonNull(created);
        Objects.requireNonNull(execution);
        diffIds = List.copyOf(diffIds);
    }

    /// What a container of the image is started with unless its user says otherwise. No text has a NUL byte.
    ///
    /// @param user `USER`, `UID`, `USER:GROUP`; empty for root
    /// @param environment `NAME=value`, as the image's maker wrote them
    /// @param volumes directories that want a place of their own
    /// @param exposedPorts `80/tcp`
    public record Execution(
            String user,
            List<String> environment,
            List<String> entrypoint,
            List<String> command,
            String workingDirectory,
            SortedMap<String, String> labels,
            List<String> volumes,
            List<String> exposedPorts) {
        public Execution {
            Objects.requireNonNull(user);
            Objects.requireNonNull(workingDirectory);
            environment = List.copyOf(environment);
            entrypoint = List.copyOf(entrypoint);
            command = List.copyOf(command);
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
            volumes = List.copyOf(volumes);
            exposedPorts = List.copyOf(exposedPorts);
        }

        static Execution of(JsonObject json) throws FormatException {
            var execution = new Execution(
                    json.textOrEmpty("User"),
                    json.texts("Env"),
                    command(json, "Entrypoint"),
                    command(json, "Cmd"),
                    json.textOrEmpty("WorkingDir"),
                    json.textMap("Labels"),
                    names(json, "Volumes"),
                    names(json, "ExposedPorts"));
            var texts = new ArrayList<String>(List.of(execution.user, execution.workingDirectory));
            texts.addAll(execution.environment);
            texts.addAll(execution.entrypoint);
            texts.addAll(execution.command);
            if (texts.size() > MOST_TEXTS) {
                throw json.fault("the image's command and environment have more than " + MOST_TEXTS + " parts");
            }
            if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
                throw json.fault("the image's command or environment has a NUL byte");
            }
            return execution;
        }

        /// Docker once wrote a command of one word as a text.
        private static List<String> command(JsonObject json, String name) throws FormatException {
            return json.find(name).orElse(new Json.Null()) instanceof Json.Text(String word)
                    ? List.of(word)
                    : json.texts(name);
        }

        private static List<String> names(JsonObject json, String name) throws FormatException {
            Optional<JsonObject> set = json.findObject(name);
            return set.isPresent() ? List.copyOf(set.get().members().keySet()) : List.of();
        }

        private JsonObject json() {
            var members = new LinkedHashMap<String, Json>();
            Members.putText(members, "User", user);
            Members.putSet(members, "ExposedPorts", exposedPorts);
            Members.putTexts(members, "Env", environment);
            Members.putTexts(members, "Entrypoint", entrypoint);
            Members.putTexts(members, "Cmd", command);
            Members.putSet(members, "Volumes", volumes);
            Members.putText(members, "WorkingDir", workingDirectory);
            Members.putMap(members, "Labels", labels);
            return new JsonObject(members);
        }
    }

    /// Reads a configuration.
    ///
    /// @throws FormatException if it is none, or passes a bound
    public static ImageConfig read(byte[] bytes) throws FormatException {
        if (bytes.length > MOST_BYTES) {
            throw new FormatException("the configuration has more than " + MOST_BYTES + " bytes", MOST_BYTES);
        }
        JsonObject json = JsonReader.readObject(bytes);
        JsonObject files = json.object("rootfs");
        if (!files.text("type").equals("layers")) {
            throw files.fault("\"type\" is not \"layers\"");
        }
        var diffIds = new ArrayList<Digest>();
        for (String diffId : files.texts("diff_ids")) {
            diffIds.add(Digest.parse(diffId).orElseThrow(() -> files.fault("one of \"diff_ids\" is no digest")));
        }
        Optional<JsonObject> execution = json.findObject("config");
        return new ImageConfig(
                Platform.of(json),
                json.textOrEmpty("created"),
                Execution.of(execution.orElse(new JsonObject(new LinkedHashMap<>()))),
                diffIds);
    }

    /// The configuration as JSON, the same each time.
    public byte[] encode() {
        var members = new LinkedHashMap<String, Json>();
        Members.putText(members, "created", created);
        members.putAll(platform.json().members());
        members.put("config", execution.json());
        var files = new LinkedHashMap<String, Json>();
        files.put("type", new Json.Text("layers"));
        files.put(
                "diff_ids", Json.Array.of(diffIds.stream().map(Digest::toString).toList()));
        members.put("rootfs", new JsonObject(files));
        return JsonWriter.compact(new JsonObject(members));
    }
}
