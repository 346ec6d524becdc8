package dev.kerr.export;

import dev.kerr.linux.NewFile;
import dev.kerr.linux.Umask;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layout;
import dev.kerr.transport.DirectoryFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// An OCI layout in a directory, which grows. What belongs to an image is written before the index names it, so that a
/// layout is whole at any time.
record OciDirectory(Path root) {
    OciDirectory {
        Objects.requireNonNull(root);
    }

    /// Whether a directory is one, perhaps without any image yet.
    static boolean isLayout(Path directory) {
        return Files.isRegularFile(directory.resolve(Layout.VERSION_FILE), LinkOption.NOFOLLOW_LINKS);
    }

    /// Adds an image, in place of one of the same name.
    ///
    /// @param name empty for none
    void add(OneLayerImage image, String name) throws IOException {
        Index index =
                Files.exists(root.resolve(Layout.INDEX_FILE)) ? new DirectoryFiles(root).index() : new Index(List.of());
        Files.createDirectories(root);
        if (!isLayout(root)) {
            write(root.resolve(Layout.VERSION_FILE), bytes(Layout.VERSION.getBytes(StandardCharsets.UTF_8)));
        }
        addBlob(image.layer().descriptor(), image.layer().open());
        addBlob(image.config(), bytes(image.configBytes()));
        addBlob(image.manifest(), bytes(image.manifestBytes()));
        Index more = Layout.with(index, image.manifest(), name);
        write(root.resolve(Layout.INDEX_FILE), bytes(more.encode()));
    }

    private void addBlob(Descriptor blob, InputStream content) throws IOException {
        Path file = root.resolve(Layout.blob(blob.digest()));
        boolean isThere = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Digest.ofFile(blob.digest().algorithm(), file).equals(blob.digest());
        if (!isThere) {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            write(file, content);
        }
    }

    private static void write(Path target, InputStream content) throws IOException {
        try (NewFile file = NewFile.of(target)) {
            content.transferTo(Channels.newOutputStream(file.channel()));
            file.replace(Umask.file());
        }
    }

    private static InputStream bytes(byte[] content) {
        return new ByteArrayInputStream(content);
    }
}
