package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;

/// What a tag or digest of a registry names: one image or artifact, or a choice between several.
public sealed interface Document permits Manifest, Index {
    /// The most that a document may have; registries refuse larger ones too.
    ///
    /// **Source:** OCI distribution specification 1.1, Pushing Manifests.
    int MOST_BYTES = 4 << 20;

    /// What it is.
    String mediaType();

    /// The document as JSON, the same each time.
    byte[] encode();

    /// Reads a document. It must not be readable as the other kind, or a registry could show two readers two images.
    ///
    /// **Source:** OCI image specification 1.1, `manifest.md` and `image-index.md`; GHSA-77vh-xpmg-72qh.
    ///
    /// @param contentType what the carrier says that it is; empty if it says nothing
    /// @throws FormatException if it is neither, both, or not what the carrier says
    static Document read(byte[] bytes, String contentType) throws FormatException {
        if (bytes.length > MOST_BYTES) {
            throw new FormatException("the document has more than " + MOST_BYTES + " bytes", MOST_BYTES);
        }
        return read(JsonReader.readObject(bytes), MediaType.withoutParameters(contentType));
    }

    private static Document read(JsonObject json, String contentType) throws FormatException {
        String declared = MediaType.of(json);
        if (json.number("schemaVersion") == 1
                || contentType.startsWith(MediaType.DOCKER_SCHEMA_1)
                || declared.startsWith(MediaType.DOCKER_SCHEMA_1)) {
            throw json.fault("the image has Docker's schema 1, which is no longer read: its maker must push it again "
                    + "with a Docker of 2017 or later");
        }
        if (json.number("schemaVersion") != 2) {
            throw json.fault("\"schemaVersion\" is not 2");
        }
        boolean isIndex = json.has("manifests");
        if (isIndex && (json.has("layers") || json.has("config")) || json.has("fsLayers")) {
            throw json.fault("the document is an index and a manifest at once");
        }
        if (!isIndex && !json.has("config")) {
            throw json.fault("the document is neither an index nor a manifest");
        }
        return isIndex
                ? Index.of(json, type(json, contentType, true))
                : Manifest.of(json, type(json, contentType, false));
    }

    /// What the document is by its own word, or else by its carrier's, or else by its shape; a carrier that knows no
    /// better than `application/json` says nothing.
    private static String type(JsonObject json, String contentType, boolean isIndex) throws FormatException {
        boolean isCarried = MediaType.isManifest(contentType) || MediaType.isIndex(contentType);
        String declared = MediaType.of(json);
        String carried = isCarried ? contentType : declared;
        String type = declared.isEmpty() ? carried : declared;
        if (type.isEmpty()) {
            return isIndex ? MediaType.OCI_INDEX : MediaType.OCI_MANIFEST;
        }
        if (!type.equals(carried)) {
            throw json.fault("the document says that it is " + type + ", its carrier that it is " + carried);
        }
        if (isIndex ? !MediaType.isIndex(type) : !MediaType.isManifest(type)) {
            throw json.fault("the document has the shape of " + (isIndex ? "an index" : "a manifest")
                    + " and the media type " + type);
        }
        return type;
    }
}
