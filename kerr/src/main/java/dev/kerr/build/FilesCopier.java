package dev.kerr.build;

import dev.kerr.deffile.FilesTransfer;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Copies what `%files` names into a root file system.
///
/// Files of the host lose their links: what they lead to is copied. In a tree that comes from an earlier
/// stage links stay, and files their owners'.
/// Whatever exists at the destination is replaced, never written through.
final class FilesCopier {
    private static final String COPY = """
            umask 022
            mkdir -p -- "$1"
            shift
            exec cp "$@"
            """;

    private final HostCommands host;
    private final Path rootfs;
    private final String sourceName;

    /// @param rootfs where the files go
    /// @param sourceName name of the definition file, for messages
    FilesCopier(HostCommands host, Path rootfs, String sourceName) {
        this.host = host;
        this.rootfs = rootfs;
        this.sourceName = sourceName;
    }

    /// Copies files of the host; relative sources start at `workingDirectory`.
    ///
    /// @param base directory of the image at which relative destinations start: `/`, or an application's
    /// @throws UserException if a source is missing or cannot be copied
    void copyFromHost(List<FilesTransfer> transfers, Path workingDirectory, String base)
            throws IOException, UserException {
        for (FilesTransfer transfer : transfers) {
            List<String> matches = expand(new Glob(workingDirectory::resolve), transfer);
            for (String match : matches) {
                Path source = workingDirectory.resolve(match);
                requireTarget(source, match, transfer);
                Place place = place(transfer, new Found(match, source, matches.size()), base);
                copy(List.of("-fLr", "--remove-destination"), source, place, transfer);
            }
        }
    }

    /// What [#copyFromHost] would copy, as a text that is another if any of it is; empty if not all can be read.
    Optional<String> contents(List<FilesTransfer> transfers, Path workingDirectory) {
        var text = new StringBuilder();
        for (FilesTransfer transfer : transfers) {
            try {
                for (String match : expand(new Glob(workingDirectory::resolve), transfer)) {
                    Optional<String> digest = InputDigest.content(workingDirectory.resolve(match));
                    if (digest.isEmpty()) {
                        return Optional.empty();
                    }
                    text.append(match).append('\0').append(digest.get()).append('\n');
                }
            } catch (IOException | UserException missing) {
                return Optional.empty(); // the copy says so
            }
        }
        return Optional.of(text.toString());
    }

    /// Copies files of an earlier stage's root file system.
    ///
    /// @throws UserException if a source is missing or cannot be copied
    void copyFromStage(List<FilesTransfer> transfers, Path stage) throws IOException, UserException {
        for (FilesTransfer transfer : transfers) {
            List<String> matches = expand(new Glob(path -> ScopedPath.resolve(stage, path)), transfer);
            for (String match : matches) {
                Path source = ScopedPath.resolve(stage, match);
                requireTarget(source, match, transfer);
                Place place = place(transfer, new Found(match, source, matches.size()), "/");
                copy(List.of("-fPR", "--preserve=mode,ownership", "--remove-destination"), source, place, transfer);
            }
        }
    }

    /// Where one source goes: exactly to `path`, below `parent`, which is to be made.
    private record Place(Path parent, Path path) {}

    /// One file that a source names.
    ///
    /// @param spelling as the pattern spells it
    /// @param path on the host
    /// @param count how many files the pattern names
    private record Found(String spelling, Path path, int count) {}

    private List<String> expand(Glob glob, FilesTransfer transfer) throws IOException, UserException {
        try {
            return glob.expand(transfer.source());
        } catch (UserException e) {
            throw failure(transfer, e.line());
        }
    }

    private void requireTarget(Path source, String spelling, FilesTransfer transfer) throws IOException, UserException {
        if (!Files.exists(source)) {
            String target = Files.isSymbolicLink(source)
                    ? Files.readSymbolicLink(source).toString()
                    : spelling;
            throw failure(transfer, spelling + " is a link to " + target + ", which does not exist");
        }
    }

    private Place place(FilesTransfer transfer, Found found, String base) throws UserException {
        if (!transfer.hasDestination()) {
            Path path = ScopedPath.resolve(rootfs, absolute(found.spelling(), base));
            return new Place(ScopedPath.parent(rootfs, path), path);
        }
        String destination = transfer.destination();
        Path path = ScopedPath.resolve(rootfs, absolute(destination, base));
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || destination.endsWith("/")) {
            return new Place(path, inside(path, found));
        }
        if (found.count() > 1) {
            throw failure(
                    transfer,
                    "several files match " + transfer.source() + ", but " + destination + " is not a directory",
                    "write " + destination + "/");
        }
        return new Place(ScopedPath.parent(rootfs, path), path);
    }

    /// Where a source goes in a directory of the image. A tree may go through a link there (`/lib`), a file
    /// replaces it.
    private Path inside(Path directory, Found found) throws UserException {
        Path path = directory.resolve(Path.of(found.spelling()).getFileName());
        return Files.isDirectory(found.path())
                ? ScopedPath.resolve(rootfs, rootfs.relativize(path).toString())
                : path;
    }

    private static String absolute(String path, String base) {
        return path.startsWith("/") ? path : base + "/" + path;
    }

    private void copy(List<String> options, Path source, Place place, FilesTransfer transfer)
            throws IOException, UserException {
        List<String> argv = new ArrayList<>(
                List.of("/bin/sh", "-ec", COPY, "copy", place.parent().toString()));
        argv.addAll(options);
        argv.addAll(List.of("-T", "--", source.toString(), place.path().toString()));
        int status = host.run(argv);
        if (status != 0) {
            throw failure(
                    transfer,
                    "cannot copy " + source + " to " + inImage(place.path())
                            + danglingLink(source).map(link -> ": " + link).orElse(": exit status " + status));
        }
    }

    private String inImage(Path path) {
        return "/" + rootfs.relativize(path);
    }

    /// A link below `tree` that leads nowhere, in words; empty if there is none that we can see.
    private static Optional<String> danglingLink(Path tree) {
        try (Stream<Path> files = Files.walk(tree, FileVisitOption.FOLLOW_LINKS)) {
            Optional<Path> link = files.filter(file -> Files.isSymbolicLink(file) && !Files.exists(file))
                    .findFirst();
            if (link.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    link.get() + " is a link to " + Files.readSymbolicLink(link.get()) + ", which does not exist");
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private UserException failure(FilesTransfer transfer, String message) {
        return failure(transfer, message, "");
    }

    private UserException failure(FilesTransfer transfer, String message, String hint) {
        return new UserException(sourceName + ":" + transfer.line() + ": %files: " + message, hint);
    }
}
