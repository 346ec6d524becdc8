package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import java.util.Locale;

/// The media types of documents.
///
/// **Source:** OCI image specification 1.1, `media-types.md`; distribution `manifest-v2-2.md`; for the last five,
/// sylabs/oci-tools and the ORAS images of the peers.
public final class MediaType {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
    public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String SIF_CONFIG = "application/vnd.sylabs.sif.config.v1+json";
    public static final String SIF_LAYER = "application/vnd.sylabs.sif.layer.v1.sif";

    public static final String SQUASHFS_LAYER = "application/vnd.sylabs.image.layer.v1.squashfs";
    public static final String EXT3_LAYER = "application/vnd.sylabs.image.layer.v1.ext3";
    public static final String DATA_CONTAINER = "application/vnd.sylabs.data-container.v1";

    /// Docker's manifests before 2016, with a signature or without.
    static final String DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

    /// **Source:** RFC 6838, section 4.2.
    private static final int LONGEST = 255;

    private MediaType() {}

    /// The media type in a member of a document; empty if there is none.
    ///
    /// @throws FormatException if it is too long to be one
    static String of(JsonObject json) throws FormatException {
        String type = json.textOrEmpty("mediaType");
        if (type.length() > LONGEST) {
            throw json.fault("\"mediaType\" is no media type");
        }
        return type;
    }

    /// The type in a `Content-Type` header, without parameters and in lower case.
    public static String withoutParameters(String contentType) {
        int semicolon = contentType.indexOf(';');
        String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    /// Whether documents of this type are manifests.
    public static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    /// Whether documents of this type are indexes.
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_INDEX);
    }

    /// Whether documents of this type are configurations of images.
    public static boolean isImageConfig(String mediaType) {
        return mediaType.equals(OCI_CONFIG) || mediaType.equals(DOCKER_CONFIG);
    }
}
