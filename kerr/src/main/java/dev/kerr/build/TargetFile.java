package dev.kerr.build;

import dev.kerr.export.LocalTarget;
import dev.kerr.inspect.Inspection;
import dev.kerr.linux.Umask;
import dev.kerr.log.UserException;
import dev.kerr.oci.ImageConfig;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SifCopy;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The place where the finished image goes: a SIF file or a sandbox directory.
final class TargetFile {
    private final BuildRequest.Target target;
    private final Path path;
    private final HostCommands host;

    /// @param path of the target, absolute
    TargetFile(BuildRequest.Target target, Path path, HostCommands host) {
        this.target = target;
        this.path = path;
        this.host = host;
    }

    /// Checks before the work begins that the image can go there when it ends.
    ///
    /// @throws UserException if something is there that is not to be replaced, or is not an image of its kind
    void check() throws IOException, UserException {
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new UserException("cannot build " + target.path() + ": there is no directory for it");
        }
        tryToWrite(parent);
        boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        switch (target.existing()) {
            case REFUSE -> {
                if (exists) {
                    throw new UserException(
                            "build target " + target.path() + " already exists", "use --force to replace it");
                }
            }
            case REPLACE -> {
                if (exists) {
                    checkReplaceable();
                }
            }
            case UPDATE -> {
                if (!(target.format() instanceof BuildRequest.Format.Sandbox) || !isSandbox()) {
                    throw new UserException(
                            "cannot update " + target.path() + ": not a sandbox",
                            "--update needs --sandbox and a directory");
                }
            }
        }
    }

    /// A file system may refuse files for more reasons than permissions show, and a build is long.
    private void tryToWrite(Path parent) throws UserException {
        try {
            Files.delete(Files.createTempFile(parent, ".kerr-", ""));
        } catch (IOException e) {
            throw new UserException(
                    "cannot build " + target.path() + ": no file can be made in its directory",
                    "is it writable, and not full?");
        }
    }

    /// A build may remove what a build has made, and nothing else: never a directory that only has the wrong
    /// name.
    private void checkReplaceable() throws IOException, UserException {
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        switch (target.format()) {
            case BuildRequest.Format.Exported exported -> exported.place().check(LocalTarget.Existing.REPLACE);
            case BuildRequest.Format.Sif() -> {
                if (directory) {
                    throw new UserException(
                            "cannot replace " + target.path() + ": it is a directory",
                            "use --sandbox, or another name");
                }
            }
            case BuildRequest.Format.Sandbox() -> {
                boolean empty = directory && isEmptyDirectory();
                if (!isSandbox() && !empty) {
                    throw new UserException("cannot replace " + target.path() + ": it is not a sandbox");
                }
            }
        }
    }

    private boolean isEmptyDirectory() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        }
    }

    private boolean isSandbox() {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.isDirectory(path.resolve(MetadataPaths.DIRECTORY), LinkOption.NOFOLLOW_LINKS);
    }

    /// Writes the SIF file; it appears whole or not at all.
    ///
    /// @param squashfs the root file system
    void writeSif(Path squashfs, Image image) throws IOException {
        var objects = new ArrayList<NewObject>();
        objects.add(NewObject.definitionFile(image.product().definition().text().getBytes(StandardCharsets.UTF_8)));
        objects.add(NewObject.genericJson(
                "inspect-metadata.json", image.inspection().compactJson().getBytes(StandardCharsets.UTF_8)));
        image.product()
                .execution()
                .ifPresent(execution -> objects.add(NewObject.genericJson("oci-config.json", image.config(execution))));
        objects.add(NewObject.partition(
                new Extra.Partition(
                        FsType.SQUASHFS,
                        PartitionType.PRIMARY_SYSTEM,
                        image.platform().architecture()),
                new ObjectContent.File(squashfs)));
        SifWriter.write(path, NewSif.runnable(image.stamp(), objects), Umask.executable());
    }

    /// Writes a copy of a SIF file with another root file system; it appears whole or not at all.
    ///
    /// @param clock tells when
    void writeCopy(Path sif, Path squashfs, InstantSource clock) throws IOException {
        try (FileChannel from = FileChannel.open(sif)) {
            SifCopy.write(from, new ObjectContent.File(squashfs), path, clock);
        }
    }

    /// What a SIF file has besides its root file system.
    record Image(Recipe.Product product, Inspection inspection, Platform platform, Stamp stamp) {
        /// The configuration that an OCI image of this one would have, less its layers.
        private byte[] config(ImageConfig.Execution execution) {
            var on = dev.kerr.oci.Platform.linux(platform.architecture().goName(), "");
            return new ImageConfig(on, stamp.time().toString(), execution, List.of()).encode();
        }
    }

    /// Renames a root file system, which is on the same file system, to the target; an old sandbox goes away
    /// after that.
    ///
    /// @param aside a path in the build's directory for the old sandbox, where it is removed with the rest
    void placeSandbox(Path rootfs, Path aside) throws IOException, UserException {
        int status = host.script("place-sandbox.sh", List.of(rootfs.toString(), path.toString(), aside.toString()));
        if (status != 0) {
            throw new UserException("cannot move the sandbox to " + target.path() + ": exit status " + status);
        }
    }
}
