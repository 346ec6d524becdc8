package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.Json;
import dev.kerr.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one document says of another or of a blob: enough to fetch and to verify it. The addresses (`urls`) that
/// foreign layers may carry are not read: content comes from the registry alone.
///
/// **Source:** OCI image specification 1.1, `descriptor.md`.
///
/// @param size in bytes, at least 0
/// @param artifactType what it is the manifest of; empty if that is not said
/// @param platform what it runs on, in an index
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        String artifactType,
        Optional<Platform> platform,
        SortedMap<String, String> annotations) {
    public Descriptor {
        Objects.requireNonNull(mediaType);
        Objects.requireNonNull(digest);
        Objects.requireNonNull(artifactType);
        Objects.requireNonNull(platform);
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
        if (size < 0) {
            throw new IllegalArgumentException("size " + size);
        }
    }

    /// One that says no more than it must.
    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, "", Optional.empty(), Collections.emptySortedMap());
    }

    /// The descriptor of `content`.
    public static Descriptor of(String mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.ofContent(content), content.length);
    }

    /// @throws FormatException if a member is missing, of the wrong kind, or out of range
    static Descriptor of(JsonObject json) throws FormatException {
        Digest digest = Digest.parse(json.text("digest"))
                .orElseThrow(() -> json.fault("\"digest\" is no sha256 or sha512 digest"));
        long size = json.number("size");
        if (size < 0) {
            throw json.fault("\"size\" is negative");
        }
        String mediaType = MediaType.of(json);
        if (mediaType.isEmpty()) {
            throw json.fault("\"mediaType\" is missing");
        }
        Optional<JsonObject> platform = json.findObject("platform");
        return new Descriptor(
                mediaType,
                digest,
                size,
                json.textOrEmpty("artifactType"),
                platform.isPresent() ? Optional.of(Platform.of(platform.get())) : Optional.empty(),
                json.textMap("annotations"));
    }

    JsonObject json() {
        var members = new LinkedHashMap<String, Json>();
        members.put("mediaType", new Json.Text(mediaType));
        members.put("digest", new Json.Text(digest.toString()));
        members.put("size", new Json.Numeral(size));
        Members.putText(members, "artifactType", artifactType);
        platform.ifPresent(value -> members.put("platform", value.json()));
        Members.putMap(members, "annotations", annotations);
        return new JsonObject(members);
    }
}
