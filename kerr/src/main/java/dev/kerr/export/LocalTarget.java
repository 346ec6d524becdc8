package dev.kerr.export;

import dev.kerr.linux.NewFile;
import dev.kerr.linux.Umask;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.transport.ImageSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/// A layout or an archive of this host that an image is put into.
///
/// @param name of the image in there; empty for none
public record LocalTarget(ImageSource.Kind kind, Path path, String name) {
    private static final int BUFFER_BYTES = 1 << 16;

    public LocalTarget {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(path);
        Objects.requireNonNull(name);
    }

    /// Whether a file that is there may be replaced.
    public enum Existing {
        REFUSE,
        REPLACE
    }

    /// Where a user wants an image put.
    ///
    /// @throws UserException if Docker has no images of this name
    public static LocalTarget of(ImageSource.Local place) throws UserException {
        return new LocalTarget(
                place.kind(),
                place.path(),
                place.kind() == ImageSource.Kind.DOCKER_ARCHIVE
                                && !place.image().isEmpty()
                        ? tagged(place.image())
                        : place.image());
    }

    /// Docker knows images by a name and a tag.
    private static String tagged(String name) throws UserException {
        Reference reference = Reference.parse(name);
        if (reference.digest().isPresent()) {
            throw new UserException(
                    "an image cannot be given a digest as its name: " + name, "leave out what is behind @");
        }
        String tag = ":" + reference.tag().orElseThrow();
        return name.endsWith(tag) ? name : name + tag;
    }

    /// Checks before the work begins that the image can be put there when it ends.
    ///
    /// @throws UserException if something else is there
    public void check(Existing existing) throws UserException, IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new UserException("cannot write " + path + ": there is no directory for it");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (kind == ImageSource.Kind.OCI) {
            checkLayout();
        } else if (Files.isDirectory(path)) {
            throw new UserException(
                    "cannot write " + path + ": it is a directory", "oci:" + path + " is a layout there");
        } else if (existing == Existing.REFUSE) {
            throw new UserException(path + " already exists", "use --force to replace it");
        }
    }

    /// A layout takes more images; no other directory is written to.
    private void checkLayout() throws UserException, IOException {
        if (!Files.isDirectory(path)) {
            throw new UserException(
                    "cannot write " + path + ": it is no directory", "oci-archive:" + path + " is a file");
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            if (files.iterator().hasNext() && !OciDirectory.isLayout(path)) {
                throw new UserException("cannot write " + path + ": it is no OCI layout, and not empty");
            }
        }
    }

    /// Puts an image there; a file appears whole or not at all, and a layout has the image when all of it is there.
    public void write(OneLayerImage image) throws IOException {
        switch (kind) {
            case OCI -> new OciDirectory(path).add(image, name);
            case OCI_ARCHIVE -> write(out -> Archives.writeOci(image, name, out));
            case DOCKER_ARCHIVE -> write(out -> Archives.writeDocker(image, name, out));
        }
    }

    private interface Filling {
        void into(OutputStream out) throws IOException;
    }

    private void write(Filling filling) throws IOException {
        try (NewFile file = NewFile.of(path)) {
            var out = new BufferedOutputStream(Channels.newOutputStream(file.channel()), BUFFER_BYTES);
            filling.into(out);
            out.flush();
            file.replace(Umask.file());
        }
    }
}
