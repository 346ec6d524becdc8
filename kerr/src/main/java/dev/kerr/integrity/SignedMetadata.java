package dev.kerr.integrity;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a signature vouches for: digests of the header and of the objects of a group.
///
/// **Source:** sylabs/sif `pkg/integrity/metadata.go`.
///
/// @param objects by their ids less the smallest of the group
record SignedMetadata(ContentDigest header, SortedMap<Long, SignedObject> objects) {
    private static final int VERSION = 1;

    /// @param descriptor digest of what of the descriptor is signed
    /// @param content digest of the object
    record SignedObject(ContentDigest descriptor, ContentDigest content) {
        SignedObject {
            Objects.requireNonNull(descriptor);
            Objects.requireNonNull(content);
        }
    }

    SignedMetadata {
        Objects.requireNonNull(header);
        objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
    }

    /// @throws FormatException if something is missing, or is there twice
    static SignedMetadata parse(byte[] json) throws FormatException {
        JsonObject document = JsonReader.readObject(json);
        if (document.number("version") != VERSION) {
            throw document.fault("the version of what is signed is not " + VERSION);
        }
        var objects = new TreeMap<Long, SignedObject>();
        for (JsonObject each : document.objects("objects")) {
            var object = new SignedObject(
                    ContentDigest.parse(each.text("descriptorDigest")), ContentDigest.parse(each.text("objectDigest")));
            if (objects.put(each.number("relativeId"), object) != null) {
                throw each.fault("an object is there twice");
            }
        }
        ContentDigest header = ContentDigest.parse(document.object("header").text("digest"));
        return new SignedMetadata(header, objects);
    }
}
