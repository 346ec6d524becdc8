package dev.kerr.oci;

import dev.kerr.bytes.FormatException;
import dev.kerr.json.JsonObject;
import dev.kerr.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The names of the files of an OCI layout, be it a directory or an archive, and what the first two of them say.
///
/// | name                 | what it is                                |
/// |----------------------|-------------------------------------------|
/// | `oci-layout`         | the version of this layout                |
/// | `index.json`         | an index of the images in it              |
/// | `blobs/sha256/HEX`   | any blob or document, by its digest       |
///
/// **Source:** OCI image specification 1.1, `image-layout.md`.
public final class Layout {
    public static final String VERSION_FILE = "oci-layout";
    public static final String INDEX_FILE = "index.json";

    /// The annotation by which images of a layout have names.
    ///
    /// **Source:** OCI image specification 1.1, `annotations.md`.
    public static final String NAME_ANNOTATION = "org.opencontainers.image.ref.name";

    /// What a version file of ours says.
    public static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private Layout() {}

    /// The file of a blob, from the layout's root.
    public static String blob(Digest digest) {
        return "blobs/" + digest.algorithm().word() + "/" + digest.hex();
    }

    /// The most that a version file may hold.
    public static final int VERSION_MOST_BYTES = 4096;

    /// Checks the version file.
    ///
    /// @throws FormatException if it is of a version that is not 1
    public static void requireVersion(byte[] versionFile) throws FormatException {
        JsonObject json = JsonReader.readObject(versionFile);
        String version = json.text("imageLayoutVersion");
        if (!version.startsWith("1.")) {
            throw json.fault("the layout has version " + version + ", which is not 1");
        }
    }

    /// Reads the index file.
    ///
    /// @throws FormatException if it is no index
    public static Index readIndex(byte[] indexFile) throws FormatException {
        if (Document.read(indexFile, "") instanceof Index index) {
            return index;
        }
        throw new FormatException("\"" + INDEX_FILE + "\" is no index", 0);
    }

    /// An index with one image more: in place of those of the same name or, if it has none, of itself.
    ///
    /// @param name empty for none
    public static Index with(Index index, Descriptor image, String name) {
        var annotations = new TreeMap<>(image.annotations());
        if (!name.isEmpty()) {
            annotations.put(NAME_ANNOTATION, name);
        }
        var named = new Descriptor(
                image.mediaType(), image.digest(), image.size(), image.artifactType(), image.platform(), annotations);
        var images = new ArrayList<Descriptor>();
        for (Descriptor other : index.manifests()) {
            String otherName = other.annotations().getOrDefault(NAME_ANNOTATION, "");
            if (!otherName.equals(name) || name.isEmpty() && !other.digest().equals(image.digest())) {
                images.add(other);
            }
        }
        images.add(named);
        return new Index(index.mediaType(), images, index.annotations());
    }

    /// The images of that name; without a name, all that there are.
    public static List<Descriptor> named(Index index, String name) {
        return index.manifests().stream()
                .filter(manifest ->
                        name.isEmpty() || name.equals(manifest.annotations().get(NAME_ANNOTATION)))
                .toList();
    }
}
