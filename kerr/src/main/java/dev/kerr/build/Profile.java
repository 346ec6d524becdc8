package dev.kerr.build;

import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Launches of a finished image that say how it is best laid out: what they read, in the order in which they read it,
/// goes to the front of it.
final class Profile {
    private final HostCommands host;
    private final BuildDirectory directory;
    private final Log log;

    Profile(HostCommands host, BuildDirectory directory, Log log) {
        this.host = host;
        this.directory = directory;
        this.log = log;
    }

    /// Runs each command in a container of its own, and writes the image's file system anew.
    ///
    /// @param image as a launch opens it: the file that `squashfs` is in
    /// @param spelling of the image, for messages
    /// @param commands each for `/bin/sh -c`
    /// @return the new SquashFS file
    /// @throws UserException if a command fails, or nothing was recorded of it
    Path arrange(BaseImage.Squashfs squashfs, String spelling, List<String> commands, PackSettings settings)
            throws IOException, UserException {
        LaunchRecord record = LaunchRecord.decode(new byte[0]);
        for (String command : commands) {
            record = record.and(record(squashfs.path(), command));
        }
        Path file = Files.write(directory.newPath("record"), record.encoded());
        Path output = directory.newPath("squashfs");
        log.info("Laying out " + record.inodes().size() + " files as they were read");
        new Trees(host, directory, log).arrange(new TreeStep.Arrange(squashfs, spelling, output, file, settings));
        return output;
    }

    private LaunchRecord record(Path image, String command) throws IOException, UserException {
        log.info("Profiling " + command);
        Path file = directory.newPath("record");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        int status = host.runner().recorded(image, command, file);
        if (status != 0) {
            throw new UserException(
                    "while profiling '" + command + "': exit status " + status,
                    "it runs as in `kerr exec --contain`: without home and working directory");
        }
        var record = LaunchRecord.read(file);
        if (record.inodes().isEmpty()) {
            throw new UserException("while profiling '" + command + "': the file system server recorded nothing");
        }
        return record;
    }
}
