package dev.kerr.cli;

import dev.kerr.cache.Cache;
import dev.kerr.log.UserException;
import dev.kerr.oci.Reference;
import dev.kerr.transport.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `pull`: an image from elsewhere becomes a file here.
final class PullCommand {
    private final Session session;
    private final Invocation invocation;

    PullCommand(Session session, Invocation invocation) {
        this.session = session;
        this.invocation = invocation;
    }

    int run() throws UsageException, UserException, IOException {
        List<String> operands = invocation.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageException(
                    "pull needs an image to fetch, and perhaps a file before it", Optional.of(Command.PULL));
        }
        String spelling = operands.getLast();
        ImageSource source = ImageSource.parse(spelling)
                .orElseThrow(() -> new UserException(
                        spelling + " names no image to fetch", "as docker://alpine, library://… or oci:directory"));
        try (var store = new CacheStore(session, invocation)) {
            var fetcher = fetcher(store.cache());
            if (invocation.flag("to-cache")) {
                session.out().println(forLaunch(fetcher, source, operands));
                return ExitStatus.SUCCESS;
            }
            Path target = target(operands, source);
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !invocation.flag("force")) {
                throw new UserException("image file " + target + " already exists", "use --force to replace it");
            }
            boolean isCopied = FileKind.of(invocation) instanceof FileKind.OciSif
                    && source instanceof ImageSource.Registry(Reference reference)
                    && new OciSifFetch(session, invocation, store.cache()).fetch(reference, fetcher.platform(), target);
            if (!isCopied) {
                fetcher.fetch(source, spelling, target);
            }
            session.log().info("Pull complete: " + target);
            return ExitStatus.SUCCESS;
        }
    }

    /// The image for a launch: in the cache, or where the cache is not to be used, in the file that is named before it.
    private static Path forLaunch(ImageFetcher fetcher, ImageSource source, List<String> operands)
            throws UserException, IOException {
        if (operands.size() == 1) {
            return fetcher.cached(source, operands.getFirst());
        }
        Path file = Path.of(operands.getFirst());
        fetcher.fetch(source, operands.getLast(), file);
        return file;
    }

    private ImageFetcher fetcher(Cache cache) throws UsageException, UserException {
        return new ImageFetcher(
                session, invocation, PackOptions.of(invocation, session.config().packing()), cache);
    }

    private String named(ImageSource source) throws UserException {
        String name = source.fileName();
        String stem = name.endsWith(".sif") ? name.substring(0, name.length() - ".sif".length()) : name;
        return FileKind.of(invocation) instanceof FileKind.OciSif oci ? stem + oci.ending() : name;
    }

    private Path target(List<String> operands, ImageSource source) throws UserException {
        String name = operands.size() == 2
                ? operands.getFirst()
                : invocation.value("name").orElse(named(source));
        Path path = Path.of(name);
        var directory = invocation.value("dir");
        return directory.isPresent() ? Path.of(directory.get()).resolve(path) : path;
    }
}
