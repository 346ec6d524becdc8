package dev.kerr.export;

import dev.kerr.oci.Descriptor;
import dev.kerr.oci.DockerArchive;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layout;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import dev.kerr.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Images in tar archives, for other programs to load. The same image gives the same bytes.
final class Archives {
    private static final Attributes FILE = new Attributes(0644, 0, 0, 0);
    private static final Attributes DIRECTORY = new Attributes(0755, 0, 0, 0);

    private Archives() {}

    /// Writes an OCI layout.
    ///
    /// **Source:** OCI image specification 1.1, `image-layout.md`.
    ///
    /// @param name of the image; empty for none
    static void writeOci(OneLayerImage image, String name, OutputStream out) throws IOException {
        Index index = Layout.with(new Index(List.of()), image.manifest(), name);
        var tar = new TarWriter(out);
        add(tar, Layout.VERSION_FILE, Layout.VERSION.getBytes(StandardCharsets.UTF_8));
        add(tar, Layout.INDEX_FILE, index.encode());
        for (String directory : List.of("blobs/", "blobs/sha256/")) {
            tar.add(new TarEntry(directory, new Kind.Directory(), DIRECTORY));
        }
        add(tar, Layout.blob(image.manifest().digest()), image.manifestBytes());
        add(tar, Layout.blob(image.config().digest()), image.configBytes());
        addLayer(tar, Layout.blob(image.layer().descriptor().digest()), image.layer());
        tar.finish();
    }

    /// Writes what `docker save` writes.
    ///
    /// **Source:** moby `image/spec/spec.md`, Combined Image JSON and Filesystem Changeset Format.
    ///
    /// @param name of the image with its tag; empty for none
    static void writeDocker(OneLayerImage image, String name, OutputStream out) throws IOException {
        String config = image.config().digest().hex() + ".json";
        String layer = image.layer().diffId().hex() + ".tar";
        var manifest = new DockerArchive(config, name.isEmpty() ? List.of() : List.of(name), List.of(layer));
        var tar = new TarWriter(out);
        add(tar, config, image.configBytes());
        addLayer(tar, layer, image.layer());
        add(tar, DockerArchive.MANIFEST_FILE, manifest.encode());
        tar.finish();
    }

    private static void add(TarWriter tar, String name, byte[] content) throws IOException {
        tar.add(new TarEntry(name, new Kind.File(content.length), FILE), new ByteArrayInputStream(content));
    }

    private static void addLayer(TarWriter tar, String name, PackedLayer layer) throws IOException {
        Descriptor descriptor = layer.descriptor();
        tar.add(new TarEntry(name, new Kind.File(descriptor.size()), FILE), layer.open());
    }
}
