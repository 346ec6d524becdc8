package dev.kerr.export;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.oci.Digest;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.ImageConfig.Execution;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;

/// The configuration of an exported image. One that came from an OCI image keeps that image's, whatever is in it, but
/// for layers and history; for others it is made, with the labels of the image and its [Startup].
///
/// **Source:** OCI image specification 1.1, `config.md`.
final class OciConfig {
    private static final List<String> SHELL = List.of("/bin/sh");

    private OciConfig() {}

    /// The configuration's bytes.
    ///
    /// @param diffId of the one layer
    /// @param version Kerr's own
    /// @throws FormatException if the configuration in the image is none
    static byte[] of(Original original, Startup startup, Digest diffId, String version) throws FormatException {
        String created = Instant.ofEpochSecond(original.created()).toString();
        byte[] start = original.ociConfig().isPresent()
                ? original.ociConfig().get()
                : new ImageConfig(original.platform(), created, execution(original, startup), List.of()).encode();
        ImageConfig.read(start); // what Docker would refuse is found here
        var files = new LinkedHashMap<String, Json>();
        files.put("type", new Json.Text("layers"));
        files.put("diff_ids", Json.Array.of(List.of(diffId.toString())));
        var step = new LinkedHashMap<String, Json>();
        step.put("created", new Json.Text(created));
        step.put("created_by", new Json.Text("kerr " + version));
        JsonObject config = JsonReader.readObject(start)
                .with("rootfs", new JsonObject(files))
                .with("history", new Json.Array(List.of(new JsonObject(step))));
        return JsonWriter.compact(config);
    }

    private static Execution execution(Original original, Startup startup) {
        List<String> command = startup.words().isEmpty() ? SHELL : List.of();
        return new Execution(
                "",
                startup.environment(),
                startup.words(),
                command,
                "",
                original.attributes().labels(),
                List.of(),
                List.of());
    }
}
