package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/// One image of an archive that `docker save` wrote: which files of the archive it is made of. The names lead nowhere
/// outside the archive.
///
/// **Source:** moby `image/spec/spec.md`, Combined Image JSON and Filesystem Changeset Format.
///
/// @param config name of the configuration's file
/// @param tags names of the image, as `busybox:latest`
/// @param layers names of the layers' files, the lowest first
public record DockerArchive(String config, List<String> tags, List<String> layers) {
    /// The file that lists the images.
    public static final String MANIFEST_FILE = "manifest.json";

    private static final int LONGEST_NAME = 4096;

    public DockerArchive {
        Objects.requireNonNull(config);
        tags = List.copyOf(tags);
        layers = List.copyOf(layers);
    }

    /// Reads the manifest file.
    ///
    /// @throws FormatException if it is none, or names a file outside the archive
    public static List<DockerArchive> read(byte[] manifestFile) throws FormatException {
        if (!(JsonReader.read(manifestFile) instanceof Json.Array(var elements))) {
            throw new FormatException("\"" + MANIFEST_FILE + "\" is no list", 0);
        }
        var images = new ArrayList<DockerArchive>();
        for (Json element : elements) {
            if (!(element instanceof JsonObject json)) {
                throw new FormatException("an image of \"" + MANIFEST_FILE + "\" is no object", 0);
            }
            List<String> layers = json.texts("Layers");
            requireInside(json, json.text("Config"));
            for (String layer : layers) {
                requireInside(json, layer);
            }
            images.add(new DockerArchive(json.text("Config"), json.texts("RepoTags"), layers));
        }
        return images;
    }

    /// The manifest file of an archive with this one image.
    public byte[] encode() {
        var members = new LinkedHashMap<String, Json>();
        members.put("Config", new Json.Text(config));
        members.put("RepoTags", Json.Array.of(tags));
        members.put("Layers", Json.Array.of(layers));
        return JsonWriter.compact(new Json.Array(List.of(new JsonObject(members))));
    }

    private static void requireInside(JsonObject json, String name) throws FormatException {
        boolean isInside = !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && name.indexOf('\0') < 0
                && List.of(name.split("/", -1)).stream().noneMatch(part -> part.isEmpty() || part.equals(".."));
        if (!isInside) {
            throw json.fault("a file's name leads out of the archive");
        }
    }
}
