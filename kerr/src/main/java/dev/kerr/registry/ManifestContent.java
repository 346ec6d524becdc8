package dev.kerr.registry;

import dev.kerr.bytes.FormatException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Document;
import dev.kerr.oci.Reference;
import java.util.Objects;

/// A manifest or index as a registry gave it, byte by byte: its digest is over these bytes.
///
/// @param reference with the digest of the bytes, whatever it was asked for by
/// @param mediaType what the registry says that it is; empty if it says nothing
public record ManifestContent(Reference reference, String mediaType, byte[] bytes, Document document) {
    public ManifestContent {
        Objects.requireNonNull(reference);
        Objects.requireNonNull(mediaType);
        Objects.requireNonNull(bytes);
        Objects.requireNonNull(document);
    }

    static ManifestContent of(Reference reference, String mediaType, byte[] bytes) throws FormatException {
        return new ManifestContent(reference, mediaType, bytes, Document.read(bytes, mediaType));
    }

    /// What others say of it.
    public Descriptor descriptor() {
        return new Descriptor(document.mediaType(), reference.digest().orElseThrow(), bytes.length);
    }
}
