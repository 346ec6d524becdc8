package dev.kerr.ocisif;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import dev.kerr.json.JsonWriter;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.sif.Extra;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// An OCI-SIF that is to be written: layers, configuration, manifest, and the index last, because each names those
/// before it by their digests. The same layers make the same file.
public final class NewOciSif {
    /// The configuration of what has none to speak of.
    ///
    /// **Source:** OCI image specification 1.1, `manifest.md`, Guidance for an Empty Descriptor.
    private static final byte[] EMPTY_CONFIG = {'{', '}'};

    private final List<NewObject> objects = new ArrayList<>();

    private NewOciSif() {}

    /// A layer to be written.
    ///
    /// @param mediaType [MediaType#SQUASHFS_LAYER] or [MediaType#EXT3_LAYER]
    /// @param digest of its content, if that is known; else it is computed
    public record NewLayer(String mediaType, ObjectContent content, Optional<Digest> digest) {
        public NewLayer {
            Objects.requireNonNull(mediaType);
            Objects.requireNonNull(content);
            Objects.requireNonNull(digest);
        }

        /// One whose digest is not known.
        public NewLayer(String mediaType, ObjectContent content) {
            this(mediaType, content, Optional.empty());
        }

        private NewObject object() {
            NewObject object = NewObject.ociBlob(content);
            return digest.isPresent()
                    ? object.withExtra(new Extra.OciDigest(digest.get().toString()))
                    : object;
        }
    }

    /// An image to be run.
    ///
    /// @param config of the image; its layers and their history are replaced, all else is kept
    /// @param madeFrom what the history says that it was made from; empty to keep the history
    /// @throws FormatException if the configuration is none
    public static NewSif image(List<NewLayer> layers, byte[] config, Optional<String> madeFrom) throws FormatException {
        JsonObject original = JsonReader.readObject(config);
        var made = new NewOciSif();
        return made.sif(layers, MediaType.OCI_CONFIG, "", digests -> config(original, digests, madeFrom));
    }

    /// A data container.
    public static NewSif data(NewLayer layer) {
        return new NewOciSif().sif(List.of(layer), MediaType.OCI_EMPTY, MediaType.DATA_CONTAINER, _ -> EMPTY_CONFIG);
    }

    /// An image or artifact as it is.
    ///
    /// @param layers with their digests
    /// @param manifestBytes of the manifest as it is stored elsewhere
    public static NewSif copy(List<NewLayer> layers, byte[] config, Manifest manifest, byte[] manifestBytes) {
        var made = new NewOciSif();
        layers.forEach(layer -> made.objects.add(layer.object()));
        made.objects.add(NewObject.ociBlob(new ObjectContent.Bytes(config)));
        made.objects.add(NewObject.ociBlob(new ObjectContent.Bytes(manifestBytes)));
        Descriptor descriptor = Descriptor.of(manifest.mediaType(), manifestBytes);
        made.objects.add(NewObject.ociRootIndex(new ObjectContent.Bytes(
                index(descriptor, manifest.artifactType()).encode())));
        return NewSif.ofOciImage(made.objects);
    }

    private static Index index(Descriptor manifest, String artifactType) {
        return new Index(List.of(new Descriptor(
                manifest.mediaType(),
                manifest.digest(),
                manifest.size(),
                artifactType,
                Optional.empty(),
                new TreeMap<>())));
    }

    /// The configuration of an image with other layers.
    ///
    /// @param madeFrom see [#image]
    static byte[] config(JsonObject original, List<Digest> diffIds, Optional<String> madeFrom) {
        var files = new LinkedHashMap<String, Json>();
        files.put("type", new Json.Text("layers"));
        files.put(
                "diff_ids", Json.Array.of(diffIds.stream().map(Digest::toString).toList()));
        JsonObject config = original.with("rootfs", new JsonObject(files));
        if (madeFrom.isPresent()) {
            var history = new LinkedHashMap<String, Json>();
            original.find("created").ifPresent(created -> history.put("created", created));
            history.put("created_by", new Json.Text("kerr"));
            history.put("comment", new Json.Text("oci-sif created from " + madeFrom.get()));
            config = config.with("history", new Json.Array(List.of(new JsonObject(history))));
        }
        return JsonWriter.compact(config);
    }

    private interface Configuration {
        byte[] of(List<Digest> layers);
    }

    private NewSif sif(List<NewLayer> layers, String configType, String artifactType, Configuration configuration) {
        int count = layers.size();
        layers.forEach(layer -> objects.add(layer.object()));
        objects.add(NewObject.ociBlob(new ObjectContent.Composed(before -> configuration.of(digests(before)))));
        objects.add(NewObject.ociBlob(new ObjectContent.Composed(before -> {
            var described = new ArrayList<Descriptor>();
            for (int i = 0; i < count; i++) {
                described.add(describe(layers.get(i).mediaType, before.get(i)));
            }
            return new Manifest(
                            MediaType.OCI_MANIFEST,
                            artifactType,
                            describe(configType, before.get(count)),
                            described,
                            Optional.empty(),
                            new TreeMap<>())
                    .encode();
        })));
        objects.add(NewObject.ociRootIndex(new ObjectContent.Composed(
                before -> index(describe(MediaType.OCI_MANIFEST, before.getLast()), artifactType)
                        .encode())));
        return NewSif.ofOciImage(objects);
    }

    private static Descriptor describe(String mediaType, dev.kerr.sif.Descriptor object) {
        return new Descriptor(mediaType, digest(object), object.size());
    }

    private static List<Digest> digests(List<dev.kerr.sif.Descriptor> objects) {
        return objects.stream().map(NewOciSif::digest).toList();
    }

    private static Digest digest(dev.kerr.sif.Descriptor object) {
        if (object.extra() instanceof Extra.OciDigest(String text)) {
            return Digest.parse(text).orElseThrow();
        }
        throw new IllegalStateException("an object without a digest: " + object);
    }
}
