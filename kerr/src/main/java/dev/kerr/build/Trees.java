package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.build.TreeStep.Display;
import dev.kerr.build.TreeStep.Work;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Packs and unpacks trees of files, with their ids as root of the build sees them.
final class Trees {
    /// Bytes that a report takes, generously.
    private static final long LEAST_ROOM = 64 << 10;

    private final HostCommands host;
    private final BuildDirectory directory;
    private final Log log;

    Trees(HostCommands host, BuildDirectory directory, Log log) {
        this.host = requireNonNull(host);
        this.directory = requireNonNull(directory);
        this.log = requireNonNull(log);
    }

    /// Writes a tree to a new SquashFS file.
    ///
    /// @throws UserException if a file cannot be read, or the output not be written completely
    void pack(TreeStep.Pack pack) throws IOException, UserException {
        perform("write the image's file system", pack);
    }

    /// Fills the empty directory `rootfs` with the files of an image.
    ///
    /// @param spelling of the image, for messages
    /// @throws UserException if the image is damaged, or a file cannot be written
    void unpack(BaseImage.Squashfs image, String spelling, Path rootfs, PackSettings.Effort effort)
            throws IOException, UserException {
        StepReport.Done done = perform("unpack " + spelling, new TreeStep.Unpack(image, spelling, rootfs, effort));
        if (!done.lines().isEmpty()) {
            log.warning("device nodes or attributes of " + spelling + " that only real root can make are left out");
            done.lines().forEach(left -> log.verbose("left out of " + spelling + ": " + left));
        }
    }

    /// Writes a file system once more, with what launches have read in front.
    ///
    /// @throws UserException if the image is damaged, or the output cannot be written completely
    void arrange(TreeStep.Arrange arrange) throws IOException, UserException {
        perform("write the image's file system", arrange);
    }

    /// Copies files into a root file system.
    ///
    /// @throws UserException if one cannot be copied
    void copy(TreeStep.Copy copy) throws IOException, UserException {
        perform("copy files into the image", copy);
    }

    /// Copies what `%files` names into a root file system.
    ///
    /// @throws UserException if a source is missing or cannot be copied
    void copy(TreeStep.CopyFiles copy) throws IOException, UserException {
        perform("copy files into the image", copy);
    }

    /// Finds a path in a root file system; where the caller may not look, root of the build does.
    ///
    /// @throws UserException if its links lead in a circle
    Located locate(Path root, String path) throws IOException, UserException {
        try {
            return Located.in(root, path);
        } catch (UserException closed) {
            return Located.of(perform("look into the image", new TreeStep.Locate(root, path))
                    .lines());
        }
    }

    private StepReport.Done perform(String act, Work work) throws IOException, UserException {
        Path report = directory.newPath("report");
        int status = host.perform(new TreeStep(work, report, display()));
        return switch (StepReport.read(report).orElse(null)) {
            case StepReport.Done done -> done;
            case StepReport.Failed failed -> throw failed.asException();
            case null -> throw unreported(act, status);
        };
    }

    /// A step that says nothing had no room for it, most likely.
    private UserException unreported(String act, int status) throws IOException {
        Path place = directory.path();
        if (Files.getFileStore(place).getUsableSpace() < LEAST_ROOM) {
            return new UserException(
                    "cannot " + act + ": no space is left in " + place.getParent(),
                    "make room there, or name a directory that has more with --tmpdir or KERR_TMPDIR");
        }
        return new UserException("cannot " + act + ": exit status " + status);
    }

    /// A terminal that cannot go back to the start of a line says so by its name.
    private Display display() {
        String terminal = host.caller().getOrDefault("TERM", "");
        boolean isCapable = !terminal.isEmpty() && !terminal.equals("dumb");
        return isCapable && log.level().compareTo(Log.Level.INFO) >= 0 ? Display.PROGRESS : Display.NOTHING;
    }
}
