package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A choice between manifests, mostly one for each platform.
///
/// **Source:** OCI image specification 1.1, `image-index.md`; distribution `manifest-v2-2.md`, Manifest List.
public record Index(String mediaType, List<Descriptor> manifests, SortedMap<String, String> annotations)
        implements Document {
    public Index {
        Objects.requireNonNull(mediaType);
        manifests = List.copyOf(manifests);
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /// An OCI index.
    public Index(List<Descriptor> manifests) {
        this(MediaType.OCI_INDEX, manifests, Collections.emptySortedMap());
    }

    static Index of(JsonObject json, String mediaType) throws FormatException {
        var manifests = new ArrayList<Descriptor>();
        for (JsonObject manifest : json.objects("manifests")) {
            manifests.add(Descriptor.of(manifest));
        }
        return new Index(mediaType, manifests, json.textMap("annotations"));
    }

    /// The manifest to use on a platform: the first of the best that run there. One alone that names no platform is
    /// taken as it is.
    ///
    /// @return empty if there is none; [#platforms()] says what there is
    public Optional<Descriptor> select(Platform wanted) {
        if (manifests.size() == 1 && manifests.getFirst().platform().isEmpty()) {
            return Optional.of(manifests.getFirst());
        }
        for (Platform platform : wanted.compatible()) {
            for (Descriptor manifest : manifests) {
                if (manifest.platform().equals(Optional.of(platform))) {
                    return Optional.of(manifest);
                }
            }
        }
        return Optional.empty();
    }

    /// The platforms that there are manifests for, each once, in order; what is no image (attestations are of the
    /// platform `unknown`) is left out.
    public List<Platform> platforms() {
        return manifests.stream()
                .flatMap(manifest -> manifest.platform().stream())
                .filter(platform -> !platform.os().equals("unknown"))
                .distinct()
                .toList();
    }

    @Override
    public byte[] encode() {
        var members = new LinkedHashMap<String, Json>();
        members.put("schemaVersion", new Json.Numeral(2));
        members.put("mediaType", new Json.Text(mediaType));
        members.put(
                "manifests",
                new Json.Array(manifests.stream().<Json>map(Descriptor::json).toList()));
        Members.putMap(members, "annotations", annotations);
        return JsonWriter.compact(new JsonObject(members));
    }
}
