package dev.kerr.build;

import dev.kerr.linux.TopDirectory;
import dev.kerr.log.Log;
import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The temporary directory of one build, mode 0700: root file systems of the stages and all else on the way.
///
/// It is removed when closed and when the process is told to end. What a killed process left is removed by
/// the next build
/// of the same user in the same place, which {@link Owner} makes safe.
final class BuildDirectory implements AutoCloseable {
    private static final String PREFIX = "kerr-build-";
    private static final Duration MOMENT = Duration.ofSeconds(30);

    private final HostCommands host;
    private final Log log;
    private final Path path;
    private final AtomicInteger made = new AtomicInteger();
    private final ReentrantLock removal = new ReentrantLock();
    private final Thread hook;
    private final boolean keep;
    private boolean removed;

    private BuildDirectory(HostCommands host, Log log, Path path, boolean keep) {
        this.host = host;
        this.log = log;
        this.path = path;
        this.keep = keep;
        this.removed = keep;
        this.hook = new Thread(this::removeAtExit, "remove " + path);
    }

    /// Makes a new directory in `parent`, and removes there what dead builds of this user left.
    ///
    /// @param keep whether the directory is to stay when the build ends
    /// @throws UserException if `parent` cannot be written to
    static BuildDirectory create(Path parent, HostCommands host, Log log, boolean keep)
            throws IOException, UserException {
        Owner owner = Owner.current();
        BuildDirectory directory = new BuildDirectory(host, log, make(parent), keep);
        try {
            if (!keep) {
                owner.writeTo(directory.path); // what has an owner that is dead is removed
            }
            Runtime.getRuntime().addShutdownHook(directory.hook);
            TopDirectory.mark(directory.path); // the build before may just have removed as large a tree
            host.workIn(directory.path);
            log.verbose("building in " + directory.path);
            removeLeftovers(parent, host, log);
        } catch (IOException | UserException e) {
            directory.close();
            throw e;
        }
        return directory;
    }

    private static Path make(Path parent) throws UserException {
        if (!Files.isDirectory(parent)) {
            throw new UserException("there is no directory " + parent, "make it, or choose another");
        }
        try {
            return Files.createTempDirectory(
                    parent, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            String reason =
                    e instanceof FileSystemException file && file.getReason() != null ? ": " + file.getReason() : "";
            throw new UserException(
                    "cannot make a temporary directory in " + parent + reason,
                    "choose another with --tmpdir or TMPDIR");
        }
    }

    Path path() {
        return path;
    }

    /// A path in the directory at which nothing is yet.
    Path newPath(String name) {
        return path.resolve(name + "-" + made.incrementAndGet());
    }

    /// A new empty directory, mode 0700.
    Path newDirectory(String name) throws IOException {
        return Files.createDirectory(newPath(name));
    }

    /// A new directory for a root file system, mode 0755 for all who will live in it. No other build has used its name:
    /// see [TopDirectory].
    Path newRootFileSystem() throws IOException {
        Path rootfs = newDirectory("rootfs-" + Long.toHexString(System.nanoTime()));
        Files.setPosixFilePermissions(rootfs, PosixFilePermissions.fromString("rwxr-xr-x"));
        return rootfs;
    }

    /// Begins to remove a tree of the directory that nobody needs any more, beside what else is done.
    void discard(Path tree) {
        if (!tree.startsWith(path)) {
            throw new IllegalArgumentException(tree + " is not in " + path);
        }
        if (!keep) {
            Thread.ofPlatform().name("discard").start(() -> removeAlready(tree));
        }
    }

    private void removeAlready(Path tree) {
        removal.lock();
        try {
            host.remove(List.of(tree));
        } catch (IOException | UserException stays) {
            log.debug(tree + " is left for the end: " + stays.getMessage());
        } finally {
            removal.unlock();
        }
    }

    /// Removes the directory and all in it, unless it is to be kept; once is enough.
    @Override
    public void close() throws IOException, UserException {
        if (keep) {
            log.info("Temporary directory kept: " + path);
        }
        try {
            remove();
        } finally {
            forgetHook();
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("ending already: " + e.getMessage());
        }
    }

    private void remove() throws IOException, UserException {
        removal.lock();
        try {
            if (!removed) {
                removed = true;
                remove(path, host);
            }
        } finally {
            removal.unlock();
        }
    }

    /// Its owner goes last: what is left by somebody who is killed meanwhile has one.
    private static void remove(Path directory, HostCommands host) throws IOException, UserException {
        List<Path> content = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, file -> !Owner.isSaidBy(file))) {
            files.forEach(content::add);
        } catch (NoSuchFileException gone) {
            return; // another build removes the same
        }
        host.remove(content);
        host.remove(List.of(directory));
    }

    private void removeAtExit() {
        host.end();
        try {
            remove();
        } catch (IOException | UserException e) {
            log.warning("cannot remove " + path + ": " + e.getMessage());
        }
    }

    /// Removes what a build leaves that is killed in the moment in which it has made a directory and not yet said whose
    /// it is: empty directories of the caller's that are older than any such moment.
    private static void removeUnowned(Path parent) throws IOException {
        Instant before = Instant.now().minus(MOMENT);
        try (var files = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    removeAlone(file);
                }
            }
        } catch (NoSuchFileException gone) {
            return; // another build does the same
        }
    }

    private static void removeAlone(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException notEmptyOrOthers) {
            return; // it has an owner
        }
    }

    private static void removeLeftovers(Path parent, HostCommands host, Log log) throws IOException, UserException {
        removeUnowned(parent);
        try (var leftovers = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path leftover : leftovers) {
                if (Owner.isDead(leftover)) {
                    log.verbose("removing " + leftover + ", left by a build that was killed");
                    remove(leftover, host);
                }
            }
        }
    }
}
