package dev.kerr.cli;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.linux.Capability;
import dev.kerr.linux.WholeFile;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// `capability.json`: which capabilities the site grants to whom. Empty, or not there, it grants none.
///
/// ```json
/// {"users": {"ada": ["CAP_NET_RAW"]}, "groups": {"net": ["CAP_NET_ADMIN"]}}
/// ```
///
/// **Source:** apptainer `pkg/util/capabilities/config.go`.
record CapabilityFile(Grants users, Grants groups) {
    private static final CapabilityFile EMPTY = new CapabilityFile(new Grants(Map.of()), new Grants(Map.of()));

    /// More than any site's.
    private static final int BYTES_MAX = 1 << 20;

    /// Sets of capabilities by name.
    record Grants(Map<String, Long> sets) {
        Grants {
            sets = Map.copyOf(sets);
        }

        /// What somebody has.
        long set(String name) {
            return sets.getOrDefault(name, 0L);
        }

        /// The same, but for somebody who has this; a set that is empty goes.
        Grants with(String name, long set) {
            var changed = new TreeMap<>(sets);
            if (set == 0) {
                changed.remove(name);
            } else {
                changed.put(name, set);
            }
            return new Grants(changed);
        }
    }

    /// @throws UserException if it is no such file: then nobody may take it for one that grants nothing
    static CapabilityFile read(Path file) throws UserException, IOException {
        byte[] bytes;
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new UserException("cannot use " + file + ": it is larger than 1 MiB");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            return EMPTY;
        }
        if (isBlank(bytes)) {
            return EMPTY;
        }
        try {
            var document = JsonReader.readObject(bytes);
            return new CapabilityFile(grants(document, "users"), grants(document, "groups"));
        } catch (FormatException wrong) {
            throw new UserException("cannot use " + file + ": " + wrong.getMessage(), "`kerr capability` writes it");
        }
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }

    private static Grants grants(JsonObject document, String member) throws FormatException {
        var sets = new TreeMap<String, Long>();
        var owners = document.findObject(member);
        if (owners.isPresent()) {
            for (String name : owners.get().members().keySet()) {
                long set = 0;
                for (String capability : owners.get().texts(name)) {
                    var named = Capability.named(capability);
                    if (named.isEmpty()) {
                        throw owners.get().fault(capability + " of " + name + " names no capability");
                    }
                    set |= named.getAsLong();
                }
                sets.put(name, set);
            }
        }
        return new Grants(sets);
    }

    /// Writes it: whole, old or new, at any time.
    void write(Path file) throws IOException {
        var document = new LinkedHashMap<String, Json>();
        document.put("users", json(users));
        document.put("groups", json(groups));
        WholeFile.writePublic(file, JsonWriter.compact(new JsonObject(document)));
    }

    private static Json json(Grants grants) {
        var members = new LinkedHashMap<String, Json>();
        for (var entry : new TreeMap<>(grants.sets).entrySet()) {
            members.put(entry.getKey(), Json.Array.of(Capability.names(entry.getValue())));
        }
        return new JsonObject(members);
    }
}
