package dev.kerr.cli;

import dev.kerr.cache.Cache;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The user's cache, or with `--disable-cache` one for this command alone.
final class CacheStore implements AutoCloseable {
    private final Path root;
    private final boolean temporary;
    private final List<Path> shared;

    CacheStore(Session session, Invocation invocation) throws UserException, IOException {
        this.temporary = invocation.flag("disable-cache");
        this.shared = temporary
                ? List.of()
                : session.config().sharedCaches().stream().map(Path::of).toList();
        this.root = temporary
                ? Files.createTempDirectory(session.directories().temporary(), "kerr-cache-")
                : session.directories().cache(session.variables());
    }

    Cache cache() {
        return new Cache(root, shared);
    }

    @Override
    public void close() throws IOException {
        if (!temporary) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
