package dev.kerr.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/// Files that only their owner may open, and that are removed when this is closed or the process is told to end, the
/// programs that it runs before them. Only a process that is killed leaves them.
final class TemporaryFiles implements AutoCloseable {
    private final Deque<Path> made = new ConcurrentLinkedDeque<>();
    private final Thread hook = new Thread(this::removeAtExit, "remove temporary files");

    private TemporaryFiles() {}

    static TemporaryFiles begin() {
        var files = new TemporaryFiles();
        Runtime.getRuntime().addShutdownHook(files.hook);
        return files;
    }

    /// A new empty directory in `parent`.
    Path directory(Path parent) throws IOException {
        Path path = unused(parent);
        made.push(path);
        return Files.createDirectory(path, only("rwx------"));
    }

    /// A new empty file in `parent`.
    Path file(Path parent) throws IOException {
        Path path = unused(parent);
        made.push(path);
        return Files.createFile(path, only("rw-------"));
    }

    private static Path unused(Path parent) {
        return parent.resolve(".kerr-overlay-" + UUID.randomUUID());
    }

    private static FileAttribute<Set<PosixFilePermission>> only(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private void remove() throws IOException {
        while (!made.isEmpty()) {
            removeTree(made.pop());
        }
    }

    private static void removeTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return; // renamed
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void removeAtExit() {
        ProcessHandle.current().children().forEach(child -> {
            child.destroyForcibly();
            child.onExit().join();
        });
        try {
            remove();
        } catch (IOException left) {
            return; // there is nobody to tell
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return; // the hook removes them
        }
        remove();
    }
}
