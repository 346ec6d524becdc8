package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// Removes what the caller may remove of a tree: on a file system that is full this needs no room, as another process
/// would, and makes some.
final class TreeRemoval extends SimpleFileVisitor<Path> {
    private final Object device;

    private TreeRemoval(Object device) {
        this.device = requireNonNull(device);
    }

    /// Removes all of it if that can be; what cannot be removed, and what is mounted there, stays. All processors take
    /// part.
    static void removeOwn(Path tree) {
        try {
            Object device = deviceOf(tree);
            directoriesIn(directoriesIn(List.of(tree))).parallelStream().forEach(part -> remove(part, device));
            remove(tree, device);
        } catch (IOException gone) {
            return; // whoever has more rights does the rest
        }
    }

    private static void remove(Path tree, Object device) {
        try {
            Files.walkFileTree(tree, new TreeRemoval(device));
        } catch (IOException gone) {
            return; // as above
        }
    }

    private static List<Path> directoriesIn(List<Path> directories) {
        var found = new ArrayList<Path>();
        for (Path directory : directories) {
            try (var files =
                    Files.newDirectoryStream(directory, file -> Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))) {
                files.forEach(found::add);
            } catch (IOException | DirectoryIteratorException closed) {
                // it is met again
            }
        }
        return found;
    }

    private static Object deviceOf(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        return device.equals(deviceOf(directory)) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        remove(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException unreadable) {
        remove(directory);
        return FileVisitResult.CONTINUE;
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException others) {
            return; // it stays
        }
    }
}
