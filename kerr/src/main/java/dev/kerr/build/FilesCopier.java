package dev.kerr.build;

import dev.kerr.deffile.FilesTransfer;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Copies what `%files` names into a root file system, in a process that is root of the build: directories of the image
/// and of a stage may be closed to everybody else.
///
/// Files of the host lose their links: what they lead to is copied. In a tree that comes from an earlier stage links
/// stay, and files stay their owners', with all their attributes.
/// Whatever exists at the destination is replaced, never written through.
final class FilesCopier {
    private static final List<String> OF_HOST = List.of("-fLr", "--remove-destination");
    private static final List<String> OF_STAGE = List.of("-af", "--remove-destination");

    private static final String COPY = """
            umask 022
            mkdir -p -- "$1"
            shift
            exec cp "$@"
            """;

    private final TreeStep.CopyFiles copy;

    private FilesCopier(TreeStep.CopyFiles copy) {
        this.copy = copy;
    }

    /// @throws UserException if a source is missing or cannot be copied
    static void copy(TreeStep.CopyFiles copy) throws IOException, UserException {
        var copier = new FilesCopier(copy);
        for (FilesTransfer transfer : copy.transfers()) {
            copier.copy(transfer);
        }
    }

    private void copy(FilesTransfer transfer) throws IOException, UserException {
        List<String> matches = expand(transfer);
        for (String match : matches) {
            Path source = source(match);
            requireTarget(source, match, transfer);
            copy(source, place(transfer, new Found(match, source, matches.size())), transfer);
        }
    }

    private List<String> expand(FilesTransfer transfer) throws IOException, UserException {
        try {
            return new Glob(this::source).expand(transfer.source());
        } catch (UserException e) {
            throw failure(transfer, e.line());
        }
    }

    private Path source(String path) throws UserException {
        return switch (copy.origin()) {
            case HOST -> copy.from().resolve(path);
            case STAGE -> ScopedPath.resolve(copy.from(), path);
        };
    }

    /// What files of the host would be copied, as a text that is another if any of it is; empty if not all can be read.
    static Optional<String> contents(List<FilesTransfer> transfers, Path workingDirectory) {
        var text = new StringBuilder();
        for (FilesTransfer transfer : transfers) {
            try {
                for (String match : new Glob(workingDirectory::resolve).expand(transfer.source())) {
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

    /// The files of the host that are named; none if one is missing, which the copy will say.
    static List<Path> sources(List<FilesTransfer> transfers, Path workingDirectory) throws IOException {
        List<Path> sources = new ArrayList<>();
        try {
            for (FilesTransfer transfer : transfers) {
                new Glob(workingDirectory::resolve)
                        .expand(transfer.source())
                        .forEach(match -> sources.add(workingDirectory.resolve(match)));
            }
        } catch (UserException missing) {
            return List.of();
        }
        return sources;
    }

    /// Where one source goes: exactly to `path`, below `parent`, which is to be made.
    private record Place(Path parent, Path path) {}

    /// One file that a source names.
    ///
    /// @param spelling as the pattern spells it
    /// @param path on the host
    /// @param count how many files the pattern names
    private record Found(String spelling, Path path, int count) {}

    private void requireTarget(Path source, String spelling, FilesTransfer transfer) throws IOException, UserException {
        if (!Files.exists(source)) {
            String target = Files.isSymbolicLink(source)
                    ? Files.readSymbolicLink(source).toString()
                    : spelling;
            throw failure(transfer, spelling + " is a link to " + target + ", which does not exist");
        }
    }

    private Place place(FilesTransfer transfer, Found found) throws UserException {
        if (!transfer.hasDestination()) {
            Path path = ScopedPath.resolve(copy.rootfs(), absolute(found.spelling()));
            return new Place(ScopedPath.parent(copy.rootfs(), path), path);
        }
        String destination = transfer.destination();
        Path path = ScopedPath.resolve(copy.rootfs(), absolute(destination));
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || destination.endsWith("/")) {
            return new Place(path, inside(path, found));
        }
        if (found.count() > 1) {
            throw failure(
                    transfer,
                    "several files match " + transfer.source() + ", but " + destination + " is not a directory",
                    "write " + destination + "/");
        }
        return new Place(ScopedPath.parent(copy.rootfs(), path), path);
    }

    /// Where a source goes in a directory of the image. A tree may go through a link there (`/lib`), a file
    /// replaces it.
    private Path inside(Path directory, Found found) throws UserException {
        Path path = directory.resolve(Path.of(found.spelling()).getFileName());
        return Files.isDirectory(found.path())
                ? ScopedPath.resolve(
                        copy.rootfs(), copy.rootfs().relativize(path).toString())
                : path;
    }

    private String absolute(String path) {
        return path.startsWith("/") ? path : copy.base() + "/" + path;
    }

    private void copy(Path source, Place place, FilesTransfer transfer) throws IOException, UserException {
        List<String> argv = new ArrayList<>(
                List.of("/bin/sh", "-ec", COPY, "copy", place.parent().toString()));
        argv.addAll(copy.origin() == TreeStep.Origin.HOST ? OF_HOST : OF_STAGE);
        argv.addAll(List.of("-T", "--", source.toString(), place.path().toString()));
        int status = run(argv);
        if (status != 0) {
            throw failure(
                    transfer,
                    "cannot copy " + source + " to " + inImage(place.path())
                            + danglingLink(source).map(link -> ": " + link).orElse(": exit status " + status));
        }
    }

    private static int run(List<String> argv) throws IOException {
        try {
            return new ProcessBuilder(argv).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private String inImage(Path path) {
        return "/" + copy.rootfs().relativize(path);
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
        String place = copy.sourceName() + ":" + transfer.line() + ":" + transfer.column();
        return new UserException(place + ": %files: " + message, hint);
    }
}
