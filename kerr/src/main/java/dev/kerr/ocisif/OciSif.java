package dev.kerr.ocisif;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Document;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layer;
import dev.kerr.oci.Layout;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Extra;
import dev.kerr.sif.Sif;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The one OCI image or artifact of an OCI-SIF, found in the file and checked against it.
///
/// Documents are held against the sizes that others say of them, not against digests: whoever can change the file can
/// change those too.
///
/// @param sif the file
/// @param manifestBytes of the image, as they are stored
/// @param configBytes the configuration of the image as it is stored
/// @param layers the lowest first; at least one
/// @param isSigned whether there are cosign signatures beside the image
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OciSif(
        Sif sif,
        Manifest manifest,
        byte[] manifestBytes,
        byte[] configBytes,
        List<StoredBlob> layers,
        boolean isSigned) {
    /// Images of this name are signatures of others.
    ///
    /// Source: sylabs/oci-tools `pkg/sourcesink/cosign.go`, `CosignPlaceholderRepo`.
    private static final String SIGNATURE_NAME = "_cosign";

    public OciSif {
        Objects.requireNonNull(sif);
        Objects.requireNonNull(manifest);
        layers = List.copyOf(layers);
    }

    /// A layer and where it is in the file.
    public record StoredBlob(Layer layer, dev.kerr.sif.Descriptor place) {
        public StoredBlob {
            Objects.requireNonNull(layer);
            Objects.requireNonNull(place);
        }

        /// Whether it is a file system that can be written to.
        public boolean isWritable() {
            return layer.format() == Layer.Format.EXT3;
        }
    }

    /// Whether a SIF file holds OCI images.
    public static boolean is(Sif sif) {
        for (var descriptor : sif.descriptors()) {
            if (descriptor.typeCode() == DataType.OCI_ROOT_INDEX.code()) {
                return true;
            }
        }
        return false;
    }

    /// Finds the image.
    ///
    /// @param name of the file, for messages
    /// @throws FormatException if documents are malformed, or what they name is not in the file
    /// @throws UserException if there is not exactly one image, or one whose layers cannot be mounted
    public static OciSif open(String name, FileChannel channel, Sif sif) throws IOException, UserException {
        return new Reading(name, channel, sif).image();
    }

    /// Whether it holds data, not something to run.
    public boolean isData() {
        return !manifest.isImage();
    }

    /// The configuration, of what is no data.
    public ImageConfig config() throws FormatException {
        return ImageConfig.read(configBytes);
    }

    /// The ext3 layer on top; empty if there is none.
    public Optional<StoredBlob> overlay() {
        return layers.getLast().isWritable() ? Optional.of(layers.getLast()) : Optional.empty();
    }

    /// What can be mounted of the file, while it is looked for.
    private static final class Reading {
        private final String name;
        private final FileChannel channel;
        private final Sif sif;
        private final Map<String, dev.kerr.sif.Descriptor> blobs = new HashMap<>();

        Reading(String name, FileChannel channel, Sif sif) {
            this.name = name;
            this.channel = channel;
            this.sif = sif;
        }

        OciSif image() throws IOException, UserException {
            Index index = index();
            var images = new ArrayList<Descriptor>();
            for (Descriptor descriptor : index.manifests()) {
                if (!isSignature(descriptor)) {
                    images.add(descriptor);
                }
            }
            if (images.size() != 1) {
                throw new UserException(
                        "OCI-SIF " + name + " holds " + images.size() + " images, and one is what can be used",
                        "make files with one image each: kerr pull --oci --arch …");
            }
            byte[] bytes = content(images.getFirst(), "manifest");
            if (!(Document.read(bytes, images.getFirst().mediaType()) instanceof Manifest manifest)) {
                throw new UserException(
                        "OCI-SIF " + name + " holds a choice of images, and one is what can be used",
                        "make files with one image each: kerr pull --oci --arch …");
            }
            byte[] config = content(manifest.config(), "configuration");
            return new OciSif(
                    sif,
                    manifest,
                    bytes,
                    config,
                    layers(manifest),
                    images.size() < index.manifests().size());
        }

        private Index index() throws IOException {
            Optional<dev.kerr.sif.Descriptor> found = Optional.empty();
            for (var descriptor : sif.descriptors()) {
                if (descriptor.type() == DataType.OCI_ROOT_INDEX) {
                    if (found.isPresent()) {
                        throw new FormatException("second OCI index in SIF", descriptor.offset());
                    }
                    found = Optional.of(descriptor);
                } else if (descriptor.extra() instanceof Extra.OciDigest(String digest)) {
                    blobs.putIfAbsent(digest, descriptor);
                }
            }
            var place = found.orElseThrow(() -> new FormatException("no OCI index in SIF", 0));
            byte[] bytes = Sif.read(channel, place, Document.MOST_BYTES);
            if (Document.read(bytes, "") instanceof Index index) {
                return index;
            }
            throw new FormatException("the OCI index of the SIF is a manifest", place.offset());
        }

        private static boolean isSignature(Descriptor descriptor) {
            String reference = descriptor.annotations().get(Layout.NAME_ANNOTATION);
            return reference != null && reference.startsWith(SIGNATURE_NAME);
        }

        private List<StoredBlob> layers(Manifest manifest) throws IOException, UserException {
            var layers = new ArrayList<StoredBlob>();
            for (Layer layer : manifest.imageLayers()) {
                boolean isLast = layers.size() == manifest.layers().size() - 1;
                switch (layer.format()) {
                    case SQUASHFS -> {}
                    case EXT3 -> {
                        if (!isLast || layers.isEmpty()) {
                            throw unusable(layers.size(), "an ext3 file system, which only the last of several can be");
                        }
                    }
                    case TAR, TAR_GZIP, TAR_ZSTD ->
                        throw unusable(layers.size(), "an archive, which cannot be mounted");
                }
                layers.add(new StoredBlob(layer, place(layer.descriptor(), "layer")));
            }
            if (layers.isEmpty()) {
                throw new UserException("OCI-SIF " + name + " has no layers");
            }
            return layers;
        }

        private UserException unusable(int layer, String what) {
            return new UserException(
                    "layer " + (layer + 1) + " of OCI-SIF " + name + " is " + what,
                    "make the file again: kerr pull --oci …");
        }

        private byte[] content(Descriptor descriptor, String what) throws IOException {
            var place = place(descriptor, what);
            int most = descriptor.mediaType().equals(MediaType.OCI_MANIFEST)
                    ? Document.MOST_BYTES
                    : ImageConfig.MOST_BYTES;
            return Sif.read(channel, place, most);
        }

        private dev.kerr.sif.Descriptor place(Descriptor descriptor, String what) throws FormatException {
            var place = blobs.get(descriptor.digest().toString());
            if (place == null) {
                throw new FormatException(what + " " + descriptor.digest() + " is not in the SIF", 0);
            }
            if (place.size() != descriptor.size()) {
                throw new FormatException(
                        what + " has " + place.size() + " bytes, not " + descriptor.size(), place.offset());
            }
            return place;
        }
    }
}
