package dev.kerr.build;

import dev.kerr.deffile.Bootstrap;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Fills an empty root file system with what a bootstrap names.
final class Bootstrapper {
    private final HostCommands host;
    private final BuildDirectory directory;
    private final Log log;

    /// That unpacking an image may take.
    private final PackSettings.Effort effort;

    private final ImageProvider images;
    private final BuildRequest.BaseRules rules;

    Bootstrapper(BuildContext context) {
        this.host = context.host();
        this.directory = context.directory();
        this.log = context.log();
        this.effort = context.request().options().packing().effort();
        this.images = context.images();
        this.rules = context.request().options().base();
    }

    /// The image that a bootstrap names, fetched if need be; empty if it names none.
    ///
    /// @param workingDirectory at which a relative path of an image starts
    /// @throws UserException if it cannot be had, or is not signed as the bootstrap wants it
    Optional<FoundImage> image(Bootstrap bootstrap, Path workingDirectory) throws IOException, UserException {
        return switch (bootstrap) {
            case Bootstrap.Signed(Bootstrap.Image image, List<String> fingerprints) ->
                Optional.of(new SignedImages(directory, images.keys(), log)
                        .open(file(image, workingDirectory), image.name(), fingerprints));
            case Bootstrap.Image image -> Optional.of(FoundImage.open(file(image, workingDirectory), image.name()));
            case Bootstrap.Scratch _,
                    Bootstrap.Debootstrap _,
                    Bootstrap.Dnf _,
                    Bootstrap.Zypper _,
                    Bootstrap.Arch _,
                    Bootstrap.Busybox _ -> Optional.empty();
        };
    }
    /// The file or directory of an image; fetched if it is elsewhere.
    private Path file(Bootstrap.Image image, Path workingDirectory) throws IOException, UserException {
        return switch (image) {
            case Bootstrap.LocalImage(String path) -> workingDirectory.resolve(path);
            case Bootstrap.Elsewhere(String source) -> images.sif(source);
            case Bootstrap.Unencrypted(String source) -> {
                requireEncryption(source);
                yield images.sif(source);
            }
        };
    }

    /// @param image that [#image] found for it
    /// @throws UserException if the host lacks a program for it, or the program fails
    void fill(Path rootfs, Bootstrap bootstrap, Optional<BaseImage> image) throws IOException, UserException {
        switch (bootstrap) {
            case Bootstrap.Scratch() -> {}
            case Bootstrap.LocalImage(String path) -> unpack(image.orElseThrow(), path, rootfs);
            case Bootstrap.Signed signed -> fill(rootfs, signed.image(), image);
            case Bootstrap.Elsewhere(String source) -> unpackConverted(image.orElseThrow(), source, rootfs);
            case Bootstrap.Unencrypted(String source) -> unpackConverted(image.orElseThrow(), source, rootfs);
            case Bootstrap.Debootstrap debootstrap -> installer().install(debootstrap, rootfs);
            case Bootstrap.Dnf dnf -> installer().install(dnf, rootfs);
            case Bootstrap.Zypper zypper -> installer().install(zypper, rootfs);
            case Bootstrap.Arch arch -> installer().install(arch, rootfs);
            case Bootstrap.Busybox busybox -> installer().install(busybox, rootfs);
        }
    }

    /// Fills an empty root file system with what layout and metadata of a directory look at, and nothing else of it.
    void outline(BaseImage.Directory image, Path rootfs) throws IOException, UserException {
        host.mustRun(
                "copy metadata of " + image.path(),
                "outline.sh",
                List.of(image.path().toString(), rootfs.toString()));
    }

    private PackageInstaller installer() {
        return new PackageInstaller(host, directory, log);
    }

    private void requireEncryption(String source) throws UserException {
        if (!rules.unencrypted()) {
            throw new UserException(
                    "the library of " + source + " would be reached without encryption",
                    "name it by https://, or add --no-https");
        }
    }

    /// Unpacks an image that was made of layers.
    ///
    /// @param spelling for messages
    void unpackConverted(BaseImage image, String spelling, Path rootfs) throws IOException, UserException {
        unpack(image, spelling, rootfs);
        forgetConversion(rootfs);
    }

    /// The definition that stands for a conversion of layers is none that somebody wrote: no part of the history.
    private void forgetConversion(Path rootfs) throws IOException, UserException {
        String definition = rootfs + "/" + MetadataPaths.DEFINITION;
        requireSuccess("cannot remove " + definition, host.run(List.of("rm", "-f", "--", definition)));
    }

    /// @param spelling for messages
    void unpack(BaseImage image, String spelling, Path rootfs) throws IOException, UserException {
        log.info("Unpacking " + spelling);
        switch (image) {
            case BaseImage.Directory(Path path) -> {
                int status = host.run(List.of("cp", "-a", "-x", "--", path + "/.", rootfs + "/"));
                requireSuccess("cannot copy " + spelling, status);
            }
            case BaseImage.Squashfs squashfs ->
                new Trees(host, directory, log).unpack(squashfs, spelling, rootfs, effort);
        }
        if (rules.fixPermissions()) {
            int status = host.run(List.of("chmod", "-R", "u+rwX", "--", rootfs.toString()));
            requireSuccess("cannot give owners all rights in " + spelling, status);
        }
    }

    private static void requireSuccess(String message, int status) throws UserException {
        if (status != 0) {
            throw new UserException(message + ": exit status " + status);
        }
    }
}
