package dev.kerr.runtime;

import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Configurations as `runc spec` and Podman write them, changed here and there, and a host to plan them for.
final class Bundles {
    static final HostView.Caller ROOT = new HostView.Caller(0, 0, true, "", "");
    static final HostView.Caller USER =
            new HostView.Caller(1001, 1001, false, "/usr/bin/newuidmap", "/usr/bin/newgidmap");

    private Bundles() {}

    /// A member of the configuration, by its path: the value is JSON, and takes the place of what is there.
    record Change(String path, String json) {}

    static Change change(String path, String json) {
        return new Change(path, json);
    }

    static byte[] config(String name, Change... changes) {
        try (var in = Bundles.class.getResourceAsStream(name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("no such resource: " + name);
            }
            JsonObject config = JsonReader.readObject(in.readAllBytes());
            for (Change change : changes) {
                config = with(config, List.of(change.path().split("/")), change.json());
            }
            return JsonWriter.indented(config);
        } catch (IOException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    private static JsonObject with(JsonObject object, List<String> path, String json) throws IOException {
        String first = path.getFirst();
        if (path.size() > 1) {
            return object.with(first, with(object.object(first), path.subList(1, path.size()), json));
        }
        Json value = JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
        return value instanceof Json.Null ? object.without(first) : object.with(first, value);
    }

    static BundleConfig read(byte[] config) throws UserException {
        return ConfigReader.read("config.json", config);
    }

    /// A host with these directories and devices.
    static final HostView HOST = new HostView() {
        private final Set<String> directories = Set.of("/bundle/rootfs", "/sys", "/data", "/bundle/own");
        private final Map<String, DeviceFile> devices = Map.of("/dev/fuse", new DeviceFile("c", 10, 229));

        @Override
        public boolean isThere(String path) {
            return directories.contains(path) || path.equals("/etc/file") || devices.containsKey(path);
        }

        @Override
        public boolean isDirectory(String path) {
            return directories.contains(path);
        }

        @Override
        public Optional<DeviceFile> device(String path) {
            return Optional.ofNullable(devices.get(path));
        }
    };
}
