package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;

/// Resolves a path inside a root file system as a process with that root would: links start at its root, `..`
/// ends there.
final class ScopedPath {
    private static final int MOST_LINKS = 40;

    private ScopedPath() {}

    /// The host's path of `path` in `rootfs`, with all links resolved; parts that do not exist are taken as
    /// they are.
    ///
    /// @throws UserException if links lead in a circle or a directory on the way cannot be looked into
    static Path resolve(Path rootfs, String path) throws UserException {
        Deque<String> ahead = new ArrayDeque<>();
        push(ahead, path);
        Path here = rootfs;
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.pop();
            if (name.equals("..")) {
                here = parent(rootfs, here);
                continue;
            }
            Path next = here.resolve(name);
            if (!isLink(next, path)) {
                here = next;
                continue;
            }
            links++;
            if (links > MOST_LINKS) {
                throw new UserException("cannot resolve " + path + " in the image: its links lead in a circle");
            }
            String target = targetOf(next);
            here = target.startsWith("/") ? rootfs : here;
            push(ahead, target);
        }
        return here;
    }

    /// The parent of a path in `rootfs`; that of the root is the root.
    static Path parent(Path rootfs, Path path) {
        Path parent = path.getParent();
        return parent == null || path.equals(rootfs) ? rootfs : parent;
    }

    private static void push(Deque<String> ahead, String path) {
        String[] names = path.split("/");
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].isEmpty() && !names[i].equals(".")) {
                ahead.push(names[i]);
            }
        }
    }

    private static boolean isLink(Path file, String wanted) throws UserException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isSymbolicLink();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        } catch (IOException e) {
            // "Not a directory" has no exception type of its own here; whatever is wrong, nothing may be
            // assumed.
            if (e instanceof FileSystemException failure && "Not a directory".equals(failure.getReason())) {
                return false;
            }
            throw new UserException("cannot resolve " + wanted + " in the image: " + e.getMessage());
        }
    }

    private static String targetOf(Path link) throws UserException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UserException("cannot read the link " + link + " in the image: " + e.getMessage());
        }
    }
}
