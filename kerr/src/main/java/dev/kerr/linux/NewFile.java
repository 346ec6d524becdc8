package dev.kerr.linux;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;

/// A file that gets its name when it is whole. Until then only its owner may open it, and nothing is left of it when
/// the process dies, however it dies.
///
/// It has no name at all meanwhile. File systems that have no such files (NFS, Lustre, most of FUSE) give it one beside
/// its target, `.NAME.kerr-1` or with another number: a process that is told to end removes it, and one that is killed
/// leaves it, unlocked, to whoever makes the same file next.
///
/// Not thread-safe.
///
/// **Source:** open(2), O_TMPFILE; linkat(2), AT_SYMLINK_FOLLOW.
public final class NewFile implements AutoCloseable {
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_TMPFILE = 0x400000;
    private static final int OWNER_ONLY = 0600;
    private static final int LONGEST_KEPT_NAME = 200;
    private static final int MOST_NAMES = 99;

    private final Path target;
    private final LockedFile file;
    private final Name name;

    private NewFile(Path target, LockedFile file, Name name) {
        this.target = target;
        this.file = file;
        this.name = name;
    }

    /// The name before the file is whole.
    private sealed interface Name {
        record None() implements Name {}

        /// @param removal runs when the process is told to end
        record Temporary(Path path, Removal removal) implements Name {
            /// Gives the file another name. From then on this one may be somebody else's.
            void becomes(Path target) throws IOException {
                removal.isOurs = false;
                try {
                    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException | RuntimeException failed) {
                    removal.isOurs = true;
                    throw failed;
                }
            }
        }
    }

    private static final class Removal extends Thread {
        private final Path path;
        private volatile boolean isOurs = true;

        Removal(Path path) {
            super("remove the unfinished file");
            this.path = path;
        }

        @Override
        public void run() {
            try {
                remove();
            } catch (IOException stays) {
                return;
            }
        }

        void remove() throws IOException {
            if (isOurs) {
                Files.deleteIfExists(path);
            }
        }
    }

    /// Begins an empty file that is to become `target`.
    public static NewFile of(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IllegalArgumentException("not a name for a file: " + target);
        }
        int descriptor = CLibrary.open(directory, O_TMPFILE | CLibrary.O_DIRECTORY | CLibrary.O_RDWR, OWNER_ONLY);
        return switch (-descriptor) {
            case CLibrary.EOPNOTSUPP, CLibrary.EISDIR, CLibrary.EINVAL -> named(absolute);
            default -> {
                if (descriptor < 0) {
                    throw CLibrary.failure(directory, "open", -descriptor);
                }
                var file = LockedFile.of(descriptor, directory);
                file.lock(0, 1); // for the moment that it may have a temporary name
                yield new NewFile(absolute, file, new Name.None());
            }
        };
    }

    private static NewFile named(Path target) throws IOException {
        while (true) {
            var made =
                    temporaryName(target, path -> CLibrary.open(path, O_CREAT | O_EXCL | CLibrary.O_RDWR, OWNER_ONLY));
            var file = LockedFile.of(made.result, made.path);
            if (file.lock(0, 1) != LockedFile.Outcome.HELD_BY_ANOTHER && file.isAt(made.path)) {
                var removal = new Removal(made.path);
                Runtime.getRuntime().addShutdownHook(removal);
                return new NewFile(target, file, new Name.Temporary(made.path, removal));
            }
            file.close(); // somebody took it for left
        }
    }

    /// A temporary name that was free, and what came of making it.
    private record Made(Path path, int result) {}

    /// @param making makes a name, or returns a negative error number
    private static Made temporaryName(Path target, ToIntFunction<Path> making) throws IOException {
        String name = String.valueOf(target.getFileName());
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEPT_NAME;
        String stem = "." + (fits ? name : "long-name") + ".kerr-";
        for (int number = 1; number <= MOST_NAMES; number++) {
            Path path = target.resolveSibling(stem + number);
            int result = making.applyAsInt(path);
            if (result == -CLibrary.EEXIST && removedIfLeft(path)) {
                result = making.applyAsInt(path);
            }
            if (result >= 0) {
                return new Made(path, result);
            }
            if (result != -CLibrary.EEXIST) {
                throw CLibrary.failure(path, "making it", -result);
            }
        }
        throw new FileSystemException(
                target.toString(), null, MOST_NAMES + " unfinished files are beside it: " + stem + "*");
    }

    /// Removes a file that nobody is writing any more.
    private static boolean removedIfLeft(Path path) throws IOException {
        try (var left = LockedFile.open(path)) {
            return left.lock(0, 1) == LockedFile.Outcome.LOCKED && left.isAt(path) && Files.deleteIfExists(path);
        } catch (NoSuchFileException removed) {
            return true;
        } catch (FileSystemException notOurs) {
            return false;
        }
    }

    /// The file, to be read and written; it is closed with this.
    public FileChannel channel() {
        return file.channel();
    }

    /// What has the file go to its disk while it is written; it is closed with this.
    public WriteBehind writeBehind() {
        return file.writeBehind();
    }

    /// Where the programs that this process runs can open the file, as long as this is open.
    public Path pathForPrograms() {
        return file.pathForPrograms();
    }

    /// Syncs the file and gives it its name, in place of what was there; a symbolic link is replaced itself.
    ///
    /// Atomic: somebody who opens the target finds the old file or the whole new one.
    public void replace(Set<PosixFilePermission> permissions) throws IOException {
        finish(permissions);
        if (name instanceof Name.Temporary named) {
            named.becomes(target);
        } else {
            Path temporary = temporaryName(target, path -> CLibrary.link(file.path(), path)).path;
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(temporary);
                throw e;
            }
        }
        syncDirectory();
    }

    /// Syncs the file and gives it its name, which nothing has.
    ///
    /// @throws FileAlreadyExistsException if something has; it stays as it is
    public void add(Set<PosixFilePermission> permissions) throws IOException {
        finish(permissions);
        int result = CLibrary.link(file.path(), target);
        if (result < 0) {
            if (result == -CLibrary.EEXIST || !(name instanceof Name.Temporary named)) {
                throw CLibrary.failure(target, "naming it", -result);
            }
            Files.createFile(target); // no links here; ours, so that renaming replaces nobody's
            named.becomes(target);
        }
        syncDirectory();
    }

    private void finish(Set<PosixFilePermission> permissions) throws IOException {
        Files.setPosixFilePermissions(file.path(), permissions);
        file.channel().force(true);
    }

    private void syncDirectory() throws IOException {
        try (var directory = FileChannel.open(Objects.requireNonNull(target.getParent()), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// Lets go of the file; one that has not got its name is gone.
    @Override
    public void close() throws IOException {
        if (name instanceof Name.Temporary named) {
            named.removal.remove();
            try {
                Runtime.getRuntime().removeShutdownHook(named.removal);
            } catch (IllegalStateException isEnding) {
                named.removal.interrupt(); // it finds nothing
            }
        }
        file.close();
    }
}
