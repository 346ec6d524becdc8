package dev.kerr.build;

import dev.kerr.bytes.FormatException;
import dev.kerr.linux.NewFile;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.DataType;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifEditor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Objects;

/// Makes writable overlays: as a file of their own, or in a SIF file.
///
/// A process that dies in the middle leaves nothing under the name of the file, and a SIF file as it was.
public final class OverlayMaker {
    private final Ext3Writer writer;
    private final Path temporary;
    private final InstantSource clock;

    /// @param mkfs path of mkfs.ext3(8)
    /// @param debugfs path of debugfs(8)
    /// @param temporary directory for what is needed meanwhile; for a SIF file, as much as is written to the overlay
    /// @param clock tells when a SIF file is changed
    public OverlayMaker(String mkfs, String debugfs, Path temporary, InstantSource clock) {
        this.writer = new Ext3Writer(mkfs, debugfs);
        this.temporary = Objects.requireNonNull(temporary);
        this.clock = Objects.requireNonNull(clock);
    }

    /// Makes a new file, which only its owner may read and write, or adds a partition to a SIF file.
    ///
    /// @param name of the file, as the user wrote it
    /// @throws UserException if there is something of that name which is no SIF file, or one that can take no overlay
    public void make(String name, OverlayLayout layout) throws UserException {
        Path target = Path.of(name).toAbsolutePath();
        if (name.isEmpty() || target.getFileName() == null) {
            throw new UserException("cannot make overlay " + name + ": no name for a file");
        }
        try {
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                addTo(name, target, layout);
            } else {
                create(name, target, layout);
            }
        } catch (IOException failed) {
            throw new UserException("cannot make overlay " + name + ": " + Reason.of(failed));
        }
    }

    private void create(String name, Path target, OverlayLayout layout) throws IOException, UserException {
        try (NewFile file = NewFile.of(target)) {
            writer.write(file, layout);
            file.add(PosixFilePermissions.fromString("rw-------"));
        } catch (FileAlreadyExistsException meanwhile) {
            throw exists(name, "is there meanwhile");
        }
    }

    private static UserException exists(String name, String reason) {
        return new UserException(
                "cannot make overlay " + name + ": it " + reason, "remove it first, or take another name");
    }

    private void addTo(String name, Path image, OverlayLayout layout) throws IOException, UserException {
        if (!Files.isRegularFile(image)) {
            throw exists(name, "exists already, and is no file");
        }
        if (isOciSif(name, image)) {
            addToOciSif(name, layout);
            return;
        }
        try (var editor = SifEditor.open(image, clock)) {
            var architecture = check(name, editor.sif());
            refuseSparse(name, layout);
            try (NewFile file = NewFile.of(temporary.resolve("overlay"))) {
                writer.write(file, sparse(layout));
                editor.add(NewObject.partition(
                        new Extra.Partition(FsType.EXT3, PartitionType.OVERLAY, architecture),
                        new ObjectContent.File(file.pathForPrograms())));
            }
        } catch (FormatException malformed) {
            throw exists(name, "exists already, and is no whole SIF file: " + malformed.getMessage());
        }
    }

    private static boolean isOciSif(String name, Path image) throws IOException, UserException {
        try {
            return OciOverlay.isOciSif(image);
        } catch (FormatException malformed) {
            throw exists(name, "exists already, and is no whole SIF file: " + malformed.getMessage());
        }
    }

    private void addToOciSif(String name, OverlayLayout layout) throws IOException, UserException {
        refuseSparse(name, layout);
        try (NewFile file = NewFile.of(temporary.resolve("overlay"))) {
            writer.write(file, sparse(layout));
            OciOverlay.add(name, file.pathForPrograms());
        }
    }

    private static void refuseSparse(String name, OverlayLayout layout) throws UserException {
        if (layout.space() == OverlayLayout.Space.SPARSE) {
            throw new UserException(
                    "an overlay in SIF image " + name + " cannot be sparse",
                    "leave --sparse out, or make the overlay a file of its own");
        }
    }

    /// Takes no room on the way to the image.
    private static OverlayLayout sparse(OverlayLayout layout) {
        return new OverlayLayout(layout.sizeBytes(), OverlayLayout.Space.SPARSE, layout.directories(), layout.owner());
    }

    /// Refuses an image that can take no overlay.
    ///
    /// @return the architecture of the partition that the overlay is for
    private static Architecture check(String name, Sif sif) throws UserException {
        var primary = sif.primaryPartition().flatMap(Descriptor::partition);
        if (primary.isEmpty()) {
            throw new UserException(
                    "image " + name + " has no primary partition to lay an overlay over",
                    "make the overlay a file of its own");
        }
        FsType type = primary.get().fsType();
        if (type == FsType.ENCRYPTED_SQUASHFS || type == FsType.GOCRYPTFS_SQUASHFS) {
            throw new UserException(
                    "image " + name + " is encrypted, and an overlay in it would not be",
                    "make the overlay a file of its own");
        }
        for (Descriptor descriptor : sif.descriptors()) {
            if (descriptor.type() == DataType.SIGNATURE) {
                throw new UserException(
                        "image " + name + " is signed, which an overlay in it would break",
                        "make the overlay a file of its own, or remove signatures first: kerr sif del "
                                + descriptor.id() + " " + name);
            }
            if (isWritableOverlay(descriptor)) {
                throw new UserException(
                        "image " + name + " has a writable overlay already, object " + descriptor.id(),
                        "remove it first: kerr sif del " + descriptor.id() + " " + name);
            }
        }
        return primary.get().architecture();
    }

    private static boolean isWritableOverlay(Descriptor descriptor) {
        var partition = descriptor.partition();
        return partition.isPresent()
                && partition.get().partitionType() == PartitionType.OVERLAY
                && partition.get().fsType() == FsType.EXT3;
    }
}
