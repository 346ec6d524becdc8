package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// Removes what the caller may remove of a tree: on a file system that is full this needs no room, as another process
/// would, and makes some.
final class TreeRemoval extends SimpleFileVisitor<Path> {
    private final Object device;

    private TreeRemoval(Object device) {
        this.device = requireNonNull(device);
    }

    /// Removes all of it if that can be; what cannot be removed, and what is mounted there, stays.
    static void removeOwn(Path tree) {
        try {
            Files.walkFileTree(tree, new TreeRemoval(deviceOf(tree)));
        } catch (IOException gone) {
            return; // whoever has more rights does the rest
        }
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
