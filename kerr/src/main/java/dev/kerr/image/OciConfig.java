package dev.kerr.image;

import dev.kerr.oci.ImageConfig;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Sif;
import java.io.IOException;
import java.util.Optional;

/// The configuration of the OCI image that a SIF was made of: its data object `oci-config.json`.
public final class OciConfig {
    private static final String NAME = "oci-config.json";

    private OciConfig() {}

    /// The configuration as it was with the OCI image; empty if the file is not made of one.
    public static Optional<byte[]> bytes(Image.Squashfs image) throws IOException {
        if (image.sif().isEmpty()) {
            return Optional.empty();
        }
        for (Descriptor object : image.sif().get().descriptors()) {
            if (object.type() == DataType.GENERIC_JSON && object.name().equals(NAME)) {
                return Optional.of(Sif.read(image.channel(), object, ImageConfig.MOST_BYTES));
            }
        }
        return Optional.empty();
    }

    /// What containers of the image are started with; empty if it is not made of an OCI image.
    ///
    /// @throws dev.kerr.bytes.FormatException if the configuration is malformed
    public static Optional<ImageConfig.Execution> execution(Image image) throws IOException {
        if (image instanceof Image.Layered layered) {
            return Optional.of(layered.config().execution());
        }
        if (image instanceof Image.Squashfs packed) {
            var bytes = bytes(packed);
            return bytes.isPresent() ? Optional.of(ImageConfig.read(bytes.get()).execution()) : Optional.empty();
        }
        return Optional.empty();
    }
}
