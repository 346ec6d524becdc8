package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.cache.Cache;
import dev.kerr.log.Log;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Results of steps that were kept: SquashFS files by their [StepKey], made when the superblock says, which is the time
/// of the build that they belong to.
///
/// To keep one is no part of the build: where it cannot be, the build goes on.
final class StepCache {
    private static final Duration UNUSED = Duration.ofDays(30);

    /// What all results together may take, unless those of one build take more.
    static final long MOST_BYTES = 20L << 30;

    private final Cache cache;
    private final Log log;
    private final Instant began = Instant.now();
    private final List<Thread> keeping = new ArrayList<>();

    StepCache(Cache cache, Log log) {
        this.cache = requireNonNull(cache);
        this.log = requireNonNull(log);
    }

    /// A result that was kept.
    ///
    /// @param time of the build, in Unix seconds
    record Result(BaseImage.Squashfs image, long time) {}

    /// Writes a result that is missing.
    interface Packing {
        void to(Path file) throws IOException, UserException;
    }

    /// The result with this key, if it is there and whole.
    Optional<Result> find(StepKey key) {
        try {
            Optional<Path> file = cache.find(Cache.Type.STEP, key.hex());
            return file.isEmpty() ? Optional.empty() : Optional.of(open(file.get()));
        } catch (IOException unusable) {
            log.verbose("a kept step cannot be used: " + Reason.of(unusable));
            return Optional.empty();
        }
    }

    /// A directory that commands of builds keep things in (`RUN --mount=type=cache`).
    Path directory(String name) {
        return KeptMounts.of(cache).root().resolve(name);
    }

    /// Removes results that no build has used for long, and of the others those that have not been used for longest, if
    /// they take too much. What this build has used or made stays.
    void forget() {
        try {
            Set<Path> unwanted = unwanted();
            if (!unwanted.isEmpty()) {
                cache.clean(item -> unwanted.contains(item.path()));
            }
        } catch (IOException left) {
            log.verbose("old steps stay: " + Reason.of(left));
        }
    }

    private Set<Path> unwanted() throws IOException {
        Set<Path> unwanted = new HashSet<>();
        long bytes = 0;
        List<Cache.Item> latestFirst = cache.items().stream()
                .filter(item -> item.type() == Cache.Type.STEP)
                .sorted(Comparator.comparing(Cache.Item::used).reversed())
                .toList();
        for (Cache.Item item : latestFirst) {
            bytes += item.bytes();
            boolean isOld = item.used().isBefore(began.minus(UNUSED));
            if (isOld || bytes > MOST_BYTES && item.used().isBefore(began)) {
                unwanted.add(item.path());
            }
        }
        return unwanted;
    }

    /// Keeps a result.
    Optional<Result> keep(StepKey key, Packing packing) {
        try {
            return Optional.of(open(cache.image(Cache.Type.STEP, key.hex(), packing::to)));
        } catch (IOException unkept) {
            log.warning("what was built so far is not kept: " + Reason.of(unkept));
        } catch (UserException unkept) {
            log.warning("what was built so far is not kept: " + unkept.line());
        }
        return Optional.empty();
    }

    /// Begins to keep a result that is a file already, beside what else is done: digests take their time. It must stay
    /// until [#await].
    void keep(StepKey key, Path file) {
        keeping.add(Thread.ofPlatform().name("keep").start(() -> keep(key, kept -> link(file, kept))));
    }

    /// Waits for all that is being kept.
    void await() {
        try {
            for (Thread thread : keeping) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Of one file system a name is enough: neither place writes into the file again.
    private static void link(Path file, Path kept) throws IOException {
        try {
            Files.createLink(kept, file);
        } catch (FileSystemException | UnsupportedOperationException elsewhere) {
            Files.copy(file, kept);
        }
    }

    private static Result open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                var reader = SquashfsReader.open(channel, 0, Files.size(file))) {
            var image = new BaseImage.Squashfs(file, 0, Files.size(file));
            return new Result(image, reader.superblock().modifiedSeconds());
        }
    }
}
