package dev.kerr.export;

import dev.kerr.bytes.FormatException;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.image.OciConfig;
import dev.kerr.inspect.Attributes;
import dev.kerr.inspect.Inspection;
import dev.kerr.inspect.TreeFiles;
import dev.kerr.log.UserException;
import dev.kerr.oci.Platform;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/// The image that is exported: its files, and what it says of itself.
///
/// @param name as the user wrote it
/// @param created when it was made, in Unix seconds
/// @param ociConfig the configuration of the OCI image that it was made of
/// @param runscript content of the file
/// @param hasOverlay whether it carries changes besides its root file system
record Original(
        String name,
        Tree tree,
        Platform platform,
        long created,
        Optional<byte[]> ociConfig,
        Attributes attributes,
        Optional<byte[]> runscript,
        boolean hasOverlay) {
    private static final String RUNSCRIPT = "/.singularity.d/runscript";

    Original {
        Objects.requireNonNull(name);
        Objects.requireNonNull(tree);
        Objects.requireNonNull(platform);
        Objects.requireNonNull(ociConfig);
        Objects.requireNonNull(attributes);
        Objects.requireNonNull(runscript);
    }

    /// All files of the image, as often as they are asked for.
    interface Tree {
        EntrySource open() throws IOException;
    }

    /// Looks at an image.
    ///
    /// @param name as the user wrote it
    /// @param image stays the caller's, and open, while the original is used
    /// @param host for an image that does not say what it runs on
    /// @param now for one that does not say when it was made, in Unix seconds
    /// @throws UserException if it is damaged
    static Original of(String name, Image image, Platform host, long now) throws UserException, IOException {
        try {
            var files = new TreeFiles(image.tree());
            Attributes attributes = Inspection.of(files).image();
            var runscript = files.read(RUNSCRIPT);
            return switch (image) {
                case Image.Sandbox sandbox -> {
                    OwnIds ids = OwnIds.current();
                    Tree tree = () -> DirectorySource.open(sandbox.path()).changed(ids::asRoot);
                    yield new Original(name, tree, host, now, Optional.empty(), attributes, runscript, false);
                }
                case Image.Squashfs packed ->
                    new Original(
                            name,
                            () -> files(packed),
                            platform(packed, host),
                            created(packed),
                            OciConfig.bytes(packed),
                            attributes,
                            runscript,
                            hasOverlay(packed));
                case Image.Layered _ ->
                    throw new UserException(
                            name + " is an OCI-SIF, whose layers are file systems and no archives",
                            "kerr build x.sif " + name + " makes a SIF of it, which can be exported");
            };
        } catch (FormatException damaged) {
            throw Images.damaged(name, damaged);
        }
    }

    private static EntrySource files(Image.Squashfs image) throws IOException {
        SquashfsReader reader = SquashfsReader.open(image.channel(), image.offset(), image.size());
        EntrySource files = new SquashfsSource(reader);
        return new EntrySource() {
            @Override
            public Optional<dev.kerr.squashfs.Entry> next() throws IOException {
                return files.next();
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    private static long created(Image.Squashfs image) throws IOException {
        try (var reader = SquashfsReader.open(image.channel(), image.offset(), image.size())) {
            return reader.superblock().modifiedSeconds();
        }
    }

    private static Platform platform(Image.Squashfs image, Platform host) {
        return image.sif()
                .flatMap(Sif::primaryPartition)
                .flatMap(Descriptor::partition)
                .map(partition -> Platform.linux(partition.architecture().goName(), ""))
                .orElse(host);
    }

    private static boolean hasOverlay(Image.Squashfs image) {
        return image.sif().stream()
                .flatMap(sif -> sif.descriptors().stream())
                .flatMap(object -> object.partition().stream())
                .map(Extra.Partition::partitionType)
                .anyMatch(PartitionType.OVERLAY::equals);
    }
}
