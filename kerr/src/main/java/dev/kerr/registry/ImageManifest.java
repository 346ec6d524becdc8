package dev.kerr.registry;

import dev.kerr.oci.Manifest;
import dev.kerr.oci.Reference;
import java.util.Objects;

/// The manifest of one image, chosen for a platform if there was a choice.
///
/// @param reference by its digest
/// @param bytes of the manifest as the registry has it
public record ImageManifest(Reference reference, Manifest manifest, byte[] bytes) {
    public ImageManifest {
        Objects.requireNonNull(reference);
        Objects.requireNonNull(manifest);
        Objects.requireNonNull(bytes);
    }
}
