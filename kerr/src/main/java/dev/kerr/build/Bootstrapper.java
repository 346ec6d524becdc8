package dev.kerr.build;

import dev.kerr.deffile.Bootstrap;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fills an empty root file system with what a bootstrap names.
final class Bootstrapper {
    private static final List<String> LEFT_OUT = List.of("openssl", "udev", "debconf-i18n", "e2fsprogs");

    private final HostCommands host;
    private final BuildDirectory directory;
    private final Log log;

    /// That unpacking an image may take.
    private final PackSettings.Effort effort;

    private final ImageProvider images;

    Bootstrapper(BuildContext context) {
        this.host = context.host();
        this.directory = context.directory();
        this.log = context.log();
        this.effort = context.request().options().packing().effort();
        this.images = context.images();
    }

    /// The image that a bootstrap names, fetched if need be; empty if it names none.
    ///
    /// @param workingDirectory at which a relative path of an image starts
    /// @throws UserException if it cannot be had
    Optional<BaseImage> image(Bootstrap bootstrap, Path workingDirectory) throws IOException, UserException {
        return switch (bootstrap) {
            case Bootstrap.LocalImage(String path) -> Optional.of(BaseImage.open(workingDirectory.resolve(path), path));
            case Bootstrap.Elsewhere(String source) -> Optional.of(BaseImage.open(images.sif(source), source));
            case Bootstrap.Scratch _, Bootstrap.Debootstrap _ -> Optional.empty();
        };
    }

    /// @param image that [#image] found for it
    /// @throws UserException if the host lacks a program for it, or the program fails
    void fill(Path rootfs, Bootstrap bootstrap, Optional<BaseImage> image) throws IOException, UserException {
        switch (bootstrap) {
            case Bootstrap.Scratch() -> {}
            case Bootstrap.LocalImage(String path) -> unpack(image.orElseThrow(), path, rootfs);
            case Bootstrap.Elsewhere(String source) -> unpackConverted(image.orElseThrow(), source, rootfs);
            case Bootstrap.Debootstrap debootstrap -> install(debootstrap, rootfs);
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

    private void unpack(BaseImage image, String spelling, Path rootfs) throws IOException, UserException {
        log.info("Unpacking " + spelling);
        switch (image) {
            case BaseImage.Directory(Path path) -> {
                int status = host.run(List.of("cp", "-a", "-x", "--", path + "/.", rootfs + "/"));
                requireSuccess("cannot copy " + spelling, status);
            }
            case BaseImage.Squashfs squashfs ->
                new Trees(host, directory, log).unpack(squashfs, spelling, rootfs, effort);
        }
    }

    private void install(Bootstrap.Debootstrap debootstrap, Path rootfs) throws IOException, UserException {
        require("debootstrap", "debootstrap");
        log.info("Installing " + debootstrap.suite() + " with debootstrap");
        List<String> arguments = new ArrayList<>(List.of(
                shims().toString(), rootfs.toString(), "--variant=minbase", "--exclude=" + String.join(",", LEFT_OUT)));
        if (!debootstrap.packages().isEmpty()) {
            arguments.add("--include=" + String.join(",", debootstrap.packages()));
        }
        arguments.addAll(List.of(debootstrap.suite(), rootfs.toString()));
        if (!debootstrap.mirror().isEmpty()) {
            arguments.add(debootstrap.mirror());
        }
        requireSuccess("debootstrap failed", host.script("debootstrap.sh", arguments));
    }

    /// The directory with the programs that stand in for the host's; see `debootstrap.sh`.
    private Path shims() throws IOException {
        Path shims = directory.newDirectory("shims");
        Path file = Files.writeString(shims.resolve("mknod"), Texts.of("shims/mknod"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return shims;
    }

    private void require(String program, String aptPackage) throws UserException {
        if (!host.has(program)) {
            throw new UserException(
                    program + " is not installed on this machine", "as root: apt-get install " + aptPackage);
        }
    }

    private static void requireSuccess(String message, int status) throws UserException {
        if (status != 0) {
            throw new UserException(message + ": exit status " + status);
        }
    }
}
