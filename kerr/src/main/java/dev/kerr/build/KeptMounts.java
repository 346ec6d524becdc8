package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.cache.Cache;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What `RUN --mount=type=cache` keeps from one build to the next: a directory for each id.
///
/// @param root a directory of them, which need not be there
public record KeptMounts(Path root) {
    public KeptMounts {
        requireNonNull(root);
    }

    /// Those of a cache.
    public static KeptMounts of(Cache cache) {
        return new KeptMounts(cache.root().resolve("build-mounts"));
    }

    /// What is kept for an id.
    ///
    /// @param bytes of the files that the caller can see
    /// @param used when a build began to use it last
    public record Item(Path path, long bytes, Instant used) {
        public Item {
            requireNonNull(path);
            requireNonNull(used);
        }
    }

    /// All that is kept, by path.
    public List<Item> items() throws IOException {
        var items = new ArrayList<Item>();
        try (var directories = Files.newDirectoryStream(root)) {
            for (Path directory : directories) {
                FileTime used = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS);
                items.add(new Item(directory, bytes(directory), used.toInstant()));
            }
        } catch (NoSuchFileException none) {
            return List.of();
        }
        items.sort((one, other) -> one.path().compareTo(other.path()));
        return items;
    }

    private static long bytes(Path directory) throws IOException {
        var bytes = new AtomicLong();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException closed) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }

    /// Removes some of it. Files belong to whoever was to own them in a container, so root of a build removes what the
    /// caller may not.
    ///
    /// @throws UserException if something is left
    public void remove(List<Item> items, BuildRunner runner, Map<String, String> environment)
            throws IOException, UserException {
        runner.workIn(root);
        new HostCommands(runner, environment)
                .remove(items.stream().map(Item::path).toList());
    }
}
