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

/// One image or artifact: its configuration and its layers, the lowest first.
///
/// **Source:** OCI image specification 1.1, `manifest.md`; distribution `manifest-v2-2.md`.
///
/// @param artifactType what it is, if it is no image; may be empty
/// @param subject the manifest that it says something about
public record Manifest(
        String mediaType,
        String artifactType,
        Descriptor config,
        List<Descriptor> layers,
        Optional<Descriptor> subject,
        SortedMap<String, String> annotations)
        implements Document {
    /// No file system of Linux's overlays has room for more.
    private static final int MOST_LAYERS = 10_000;

    public Manifest {
        Objects.requireNonNull(mediaType);
        Objects.requireNonNull(artifactType);
        Objects.requireNonNull(config);
        Objects.requireNonNull(subject);
        layers = List.copyOf(layers);
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /// An OCI manifest with nothing but configuration and layers.
    public Manifest(Descriptor config, List<Descriptor> layers) {
        this(MediaType.OCI_MANIFEST, "", config, layers, Optional.empty(), Collections.emptySortedMap());
    }

    static Manifest of(JsonObject json, String mediaType) throws FormatException {
        var layers = new ArrayList<Descriptor>();
        for (JsonObject layer : json.objects("layers")) {
            layers.add(Descriptor.of(layer));
        }
        if (layers.size() > MOST_LAYERS) {
            throw json.fault("the manifest has more than " + MOST_LAYERS + " layers");
        }
        Optional<JsonObject> subject = json.findObject("subject");
        return new Manifest(
                mediaType,
                json.textOrEmpty("artifactType"),
                Descriptor.of(json.object("config")),
                layers,
                subject.isPresent() ? Optional.of(Descriptor.of(subject.get())) : Optional.empty(),
                json.textMap("annotations"));
    }

    /// Whether it is an image of a file system that has a configuration to run it by.
    public boolean isImage() {
        return MediaType.isImageConfig(config.mediaType());
    }

    /// Whether it is an artifact whose one layer is a SIF.
    public boolean isSif() {
        return layers.size() == 1 && layers.getFirst().mediaType().equals(MediaType.SIF_LAYER);
    }

    /// The layers of an image, with what each is.
    ///
    /// @throws FormatException if one has a media type that no layer of an image has
    public List<Layer> imageLayers() throws FormatException {
        var known = new ArrayList<Layer>();
        for (Descriptor layer : layers) {
            known.add(Layer.of(layer));
        }
        return List.copyOf(known);
    }

    @Override
    public byte[] encode() {
        var members = new LinkedHashMap<String, Json>();
        members.put("schemaVersion", new Json.Numeral(2));
        members.put("mediaType", new Json.Text(mediaType));
        Members.putText(members, "artifactType", artifactType);
        members.put("config", config.json());
        members.put(
                "layers",
                new Json.Array(layers.stream().<Json>map(Descriptor::json).toList()));
        subject.ifPresent(value -> members.put("subject", value.json()));
        Members.putMap(members, "annotations", annotations);
        return JsonWriter.compact(new JsonObject(members));
    }
}
