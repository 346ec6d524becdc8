package dev.kerr.transport;

import dev.kerr.bytes.FormatException;
import dev.kerr.layer.LayerBlob;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.oci.DockerArchive;
import dev.kerr.oci.Document;
import dev.kerr.oci.ImageConfig;
import dev.kerr.oci.Index;
import dev.kerr.oci.Layer;
import dev.kerr.oci.Layout;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.Platform;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Opens images in layouts and archives on this host.
final class LocalImages {
    private static final int MOST_INDEXES = 3;

    private final ImageSource.Local source;
    private final Platform platform;
    private final String spelling;

    LocalImages(ImageSource.Local source, Platform platform) {
        this(source, platform, source.kind().word() + ":" + source.path());
    }

    private LocalImages(ImageSource.Local source, Platform platform, String spelling) {
        this.source = Objects.requireNonNull(source);
        this.platform = Objects.requireNonNull(platform);
        this.spelling = Objects.requireNonNull(spelling);
    }

    /// The only image of an archive that a daemon gave.
    static LayeredImage ofDaemon(String image, StoredFiles archive, Platform platform)
            throws UserException, IOException {
        var source = new ImageSource.Local(ImageSource.Kind.DOCKER_ARCHIVE, Path.of(""), "");
        return new LocalImages(source, platform, "docker-daemon:" + image).open(archive);
    }

    /// @throws UserException if it is not there, is damaged, or there is a choice that was not made
    LayeredImage open() throws UserException, IOException {
        StoredFiles files;
        try {
            files = source.kind() == ImageSource.Kind.OCI
                    ? new DirectoryFiles(source.path())
                    : ArchiveFile.open(source.path());
        } catch (NoSuchFileException missing) {
            throw new UserException("cannot open " + spelling + ": no such file", "is the path right?");
        } catch (FormatException malformed) {
            throw damaged(malformed);
        }
        return open(files);
    }

    private LayeredImage open(StoredFiles files) throws UserException, IOException {
        boolean done = false;
        try {
            var image = source.kind() == ImageSource.Kind.DOCKER_ARCHIVE ? dockers(files) : layout(files);
            done = true;
            return image;
        } catch (NoSuchFileException missing) {
            throw new UserException(
                    "cannot use " + spelling + ": it has no " + missing.getFile(), "is it of another kind?");
        } catch (FormatException malformed) {
            throw damaged(malformed);
        } finally {
            if (!done) {
                files.close();
            }
        }
    }

    private UserException damaged(FormatException malformed) {
        return new UserException("cannot use " + spelling + ": " + Reason.of(malformed), "is it whole?");
    }

    private LayeredImage layout(StoredFiles files) throws UserException, IOException {
        Index index = files.index();
        List<Descriptor> named = Layout.named(index, source.image());
        Descriptor descriptor = named.size() == 1 ? named.getFirst() : chosen(new Index(named), index);
        for (int indexes = 0; indexes < MOST_INDEXES; indexes++) {
            Document document = Document.read(blob(files, descriptor, Document.MOST_BYTES), descriptor.mediaType());
            switch (document) {
                case Manifest manifest -> {
                    return image(files, descriptor.digest(), manifest);
                }
                case Index inner -> descriptor = chosen(inner, index);
            }
        }
        throw new FormatException("its indexes lead on and on", 0);
    }

    private Descriptor chosen(Index index, Index all) throws UserException {
        if (!source.image().isEmpty() && index.manifests().isEmpty()) {
            throw new UserException(spelling + " has no image " + source.image(), names(all));
        }
        var platforms = index.platforms();
        Optional<Descriptor> chosen = source.image().isEmpty()
                        && platforms.size() < index.manifests().size()
                        && index.manifests().size() > 1
                ? Optional.empty()
                : index.select(platform);
        if (chosen.isEmpty()
                && !platforms.isEmpty()
                && platforms.size() == index.manifests().size()) {
            throw new UserException(spelling + " has no image for " + platform, "there is one for " + platforms);
        }
        return chosen.orElseThrow(() -> new UserException(spelling + " has several images", names(all)));
    }

    private String names(Index index) {
        var names = new ArrayList<String>();
        for (Descriptor descriptor : index.manifests()) {
            String name = descriptor.annotations().get(Layout.NAME_ANNOTATION);
            if (name != null) {
                names.add(name);
            }
        }
        return names.isEmpty()
                ? "none has a name"
                : "name one: " + source.kind().word() + ":" + source.path() + ":" + String.join(", ", names);
    }

    private LayeredImage image(StoredFiles files, Digest id, Manifest manifest) throws UserException, IOException {
        LayeredImages.requireArchives(
                spelling, manifest.imageLayers(), "push it to a registry, and pull it from there with --oci");
        LayeredImages.requireGivenAway(spelling, manifest.imageLayers());
        byte[] bytes = blob(files, manifest.config(), ImageConfig.MOST_BYTES);
        ImageConfig config = ImageConfig.read(bytes);
        var blobs = new ArrayList<LayerBlob>();
        for (Layer layer : manifest.imageLayers()) {
            String name = Layout.blob(layer.descriptor().digest());
            blobs.add(new StoredLayer(
                    layer.descriptor().digest().toString(),
                    () -> files.open(name),
                    LayeredImages.diffId(config, manifest, blobs.size())));
        }
        return new LayeredImage(id, bytes, config, blobs, files);
    }

    private static byte[] blob(StoredFiles files, Descriptor descriptor, int most) throws IOException {
        String name = Layout.blob(descriptor.digest());
        byte[] content = files.read(name, most);
        if (content.length != descriptor.size() || !descriptor.digest().isOf(content)) {
            throw new FormatException(name + " is damaged: its content does not have this size and digest", 0);
        }
        return content;
    }

    private LayeredImage dockers(StoredFiles files) throws UserException, IOException {
        List<DockerArchive> images = DockerArchive.read(files.read(DockerArchive.MANIFEST_FILE, Document.MOST_BYTES));
        var candidates = new ArrayList<DockerArchive>();
        var tags = new ArrayList<String>();
        for (DockerArchive image : images) {
            tags.addAll(image.tags());
            if (source.image().isEmpty() || image.tags().contains(source.image())) {
                candidates.add(image);
            }
        }
        if (candidates.size() != 1) {
            throw new UserException(
                    spelling + (candidates.isEmpty() ? " has no image " + source.image() : " has several images"),
                    "it has " + String.join(", ", tags));
        }
        DockerArchive image = candidates.getFirst();
        byte[] bytes = files.read(image.config(), ImageConfig.MOST_BYTES);
        ImageConfig config = ImageConfig.read(bytes);
        var blobs = new ArrayList<LayerBlob>();
        for (String name : image.layers()) {
            int number = blobs.size();
            Optional<String> diffId = config.diffIds().size() == image.layers().size()
                    ? Optional.of(config.diffIds().get(number).toString())
                    : Optional.empty();
            blobs.add(new StoredLayer(name, () -> files.open(name), diffId));
        }
        return new LayeredImage(Digest.ofContent(bytes), bytes, config, blobs, files);
    }
}
