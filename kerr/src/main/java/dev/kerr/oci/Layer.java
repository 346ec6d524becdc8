package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import java.util.Objects;

/// A layer of an image.
///
/// @param isForeign whether its maker does not let registries give it away (layers of Windows are such): the registry
///     may lack it
public record Layer(Descriptor descriptor, Format format, boolean isForeign) {
    private static final String OCI = "application/vnd.oci.image.layer.v1.";
    private static final String OCI_FOREIGN = "application/vnd.oci.image.layer.nondistributable.v1.";
    private static final String DOCKER = "application/vnd.docker.image.rootfs.diff.";
    private static final String DOCKER_FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.";
    private static final String SYLABS = "application/vnd.sylabs.image.layer.v1.";

    /// How its files are packed.
    public enum Format {
        TAR,
        TAR_GZIP,
        TAR_ZSTD,
        SQUASHFS,
        EXT3
    }

    public Layer {
        Objects.requireNonNull(descriptor);
        Objects.requireNonNull(format);
    }

    /// Whether it is a file system, which is mounted where an archive is unpacked.
    public boolean isFileSystem() {
        return format == Format.SQUASHFS || format == Format.EXT3;
    }

    /// **Source:** OCI image specification 1.1, `media-types.md` and `layer.md`; distribution `manifest-v2-2.md`;
    /// `tar.zstd` of Docker's family is what BuildKit writes; sylabs/oci-tools `mutate` for the last two.
    ///
    /// @throws FormatException if the media type is no layer's
    static Layer of(Descriptor descriptor) throws FormatException {
        String type = descriptor.mediaType();
        boolean isForeign = type.startsWith(OCI_FOREIGN) || type.startsWith(DOCKER_FOREIGN);
        Format format = switch (withoutFamily(type)) {
            case "tar" -> Format.TAR;
            case "tar+gzip", "tar.gzip" -> Format.TAR_GZIP;
            case "tar+zstd", "tar.zstd" -> Format.TAR_ZSTD;
            case "squashfs" -> Format.SQUASHFS;
            case "ext3" -> Format.EXT3;
            default -> throw new FormatException("a layer has the media type " + type + ", which is unknown", 0);
        };
        return new Layer(descriptor, format, isForeign);
    }

    private static String withoutFamily(String type) {
        for (String family : new String[] {OCI, OCI_FOREIGN, DOCKER, DOCKER_FOREIGN, SYLABS}) {
            if (type.startsWith(family)) {
                return type.substring(family.length());
            }
        }
        return "";
    }
}
