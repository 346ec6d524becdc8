package dev.kerr.cache;

import dev.kerr.linux.LockedFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// One file of the cache, under its name only when it is whole.
///
/// It is made as `.NAME.RANDOM.part` and renamed. `.NAME.lock` is locked meanwhile, so that others wait for it instead
/// of making it too; what processes that were killed left behind is removed by whoever makes the same next.
///
/// @param name of the file
record Entry(Path directory, String name) {
    private static final long PAUSE_MS = 50;
    private static final Duration LEFT_AFTER = Duration.ofDays(1);

    /// Says whether a file that was found is what it should be.
    interface Check {
        boolean holds(Path file) throws IOException;
    }

    /// Makes a file in one of two ways.
    interface Maker<E extends Exception> extends Cache.Making<E> {
        /// Makes `file` of what was begun of it, or returns false, having done nothing.
        default boolean goOn(Path file) throws IOException {
            return false;
        }
    }

    /// Finds the file, or makes it.
    <E extends Exception> Path obtain(Check check, Maker<E> making) throws IOException, E {
        Path file = directory.resolve(name);
        Path lockPath = directory.resolve("." + name + ".lock");
        if (isThere(file, check)) {
            removeNeedless(lockPath);
            return file;
        }
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        while (true) {
            try (LockedFile lock = lock(lockPath)) {
                boolean alone = waitFor(lock);
                if (alone && !lock.isAt(lockPath)) {
                    continue; // whoever held it just now removed it, and another may have made it again
                }
                try {
                    if (!isThere(file, check)) {
                        removeRemains(alone);
                        make(file, check, making);
                    }
                    return file;
                } finally {
                    Files.deleteIfExists(lockPath);
                }
            }
        }
    }

    private static LockedFile lock(Path path) throws IOException {
        while (true) {
            try {
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                        .close();
                return LockedFile.open(path);
            } catch (NoSuchFileException removed) {
                // by whoever held it just now
            }
        }
    }

    /// @return whether nobody else can be at work; false where the file system has no locks
    private static boolean waitFor(LockedFile lock) throws IOException {
        while (true) {
            switch (lock.lock(0, 1)) {
                case LOCKED -> {
                    return true;
                }
                case UNSUPPORTED -> {
                    return false;
                }
                case HELD_BY_ANOTHER -> pause();
            }
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS); // locks say nothing when they become free
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another process");
        }
    }

    static boolean isThere(Path file, Check check) throws IOException {
        try {
            if (Files.isRegularFile(file) && check.holds(file)) {
                touch(file);
                return true;
            }
            return false;
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    /// Its time of access is when it was last used; a cache that may only be read has none. The time of modification
    /// stays: who launches the file at this moment knows it by that.
    private static void touch(Path file) {
        try {
            Files.getFileAttributeView(file, BasicFileAttributeView.class)
                    .setTimes(null, FileTime.from(Instant.now()), null);
        } catch (IOException readOnly) {
            return;
        }
    }

    /// What a process left that was killed just behind its work.
    private static void removeNeedless(Path lockPath) {
        try {
            Files.deleteIfExists(lockPath);
        } catch (IOException readOnly) {
            return;
        }
    }

    /// @param alone whether nobody can be at work with any of them; else those go that nobody has written to for long
    private void removeRemains(boolean alone) throws IOException {
        Instant limit = alone ? Instant.MAX : Instant.now().minus(LEFT_AFTER);
        try (DirectoryStream<Path> remains = Files.newDirectoryStream(directory, "." + name + ".*.part")) {
            for (Path remain : remains) {
                if (Files.getLastModifiedTime(remain).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(remain);
                }
            }
        } catch (NoSuchFileException removed) {
            return; // by another
        }
    }

    private <E extends Exception> void make(Path file, Check check, Maker<E> making) throws IOException, E {
        if (making.goOn(file)) {
            return;
        }
        Path part = directory.resolve("." + name + "." + UUID.randomUUID() + ".part");
        try {
            making.make(part);
            try (FileChannel made = FileChannel.open(part, StandardOpenOption.WRITE)) {
                made.force(true);
            }
            // Somebody may use by now what another process was faster with: where there are no locks.
            if (!isThere(file, check)) {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
