package dev.kerr.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/// A regular file that is open for reading and writing, and that stretches of can be locked against other processes.
///
/// The locks are the kernel's *open file description locks*: advisory, of a range of bytes, gone when the file is
/// closed or its process dies. They conflict with the locks of fcntl(2) that any other process holds, of either kind;
/// those that `FileChannel.lock` takes are lost as soon as the process closes the same file through another
/// descriptor, and these are not. They say nothing to flock(2) but on NFS, where all kinds are one.
///
/// Not thread-safe.
///
/// Source: fcntl_locking(2), F_OFD_SETLK; constants from Linux `asm-generic/fcntl.h`, the same on x86-64 and arm64.
public final class LockedFile implements AutoCloseable {
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;

    // struct flock: short type, short whence, 4 bytes free, long start, long length, int pid, 4 bytes free
    private static final long FLOCK_SIZE = 32;
    private static final long FLOCK_START_AT = 8;
    private static final long FLOCK_LENGTH_AT = 16;

    private final int descriptor;
    private final FileChannel channel;

    private LockedFile(int descriptor, FileChannel channel) {
        this.descriptor = descriptor;
        this.channel = channel;
    }

    /// What became of a request for a lock.
    public enum Outcome {
        /// The stretch is ours.
        LOCKED,
        /// Another process has a lock on some of it.
        HELD_BY_ANOTHER,
        /// The file system has no locks.
        UNSUPPORTED
    }

    /// Opens a file; nothing is locked yet.
    ///
    /// @throws NoSuchFileException if there is none
    /// @throws AccessDeniedException if the caller may not write it
    /// @throws IOException if it is no regular file, or cannot be opened for another reason
    public static LockedFile open(Path path) throws IOException {
        // A FIFO is found to be one, not waited for.
        int descriptor = CLibrary.open(path, CLibrary.O_RDWR | CLibrary.O_NONBLOCK, 0);
        if (descriptor < 0) {
            throw CLibrary.failure(path, "open", -descriptor);
        }
        return of(descriptor, path);
    }

    /// Takes over a descriptor that is open for reading and writing.
    ///
    /// @param name of the file, for messages
    static LockedFile of(int descriptor, Path name) throws IOException {
        try {
            Path path = path(descriptor);
            if (!Files.isRegularFile(path)) {
                throw new FileSystemException(name.toString(), null, "not a regular file");
            }
            var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new LockedFile(descriptor, channel);
        } catch (IOException | RuntimeException e) {
            CLibrary.close(descriptor);
            throw e;
        }
    }

    /// The same file, whatever happens to its name.
    private static Path path(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// Where this process can open the file, as long as this is open.
    Path path() {
        return path(descriptor);
    }

    /// Where the programs that this process runs can open it.
    Path pathForPrograms() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    /// Has what is written to it go to its disk meanwhile.
    WriteBehind writeBehind() {
        return WriteBehind.of(descriptor);
    }

    /// Whether a name is still that of this file.
    public boolean isAt(Path name) throws IOException {
        try {
            return Objects.equals(identity(path()), identity(name));
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    private static Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /// The file, to be read and written; it is closed with this.
    public FileChannel channel() {
        return channel;
    }

    /// Takes an exclusive lock, without waiting for it.
    ///
    /// @param size bytes to lock, at least one; they need not exist
    /// @throws IOException if it cannot be learned whether the stretch is locked
    public Outcome lock(long offset, long size) throws IOException {
        if (offset < 0 || size < 1) {
            throw new IllegalArgumentException("no such stretch: " + size + " bytes at " + offset);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(FLOCK_SIZE, Long.BYTES);
            flock.set(ValueLayout.JAVA_SHORT, 0, F_WRLCK);
            flock.set(ValueLayout.JAVA_LONG, FLOCK_START_AT, offset);
            flock.set(ValueLayout.JAVA_LONG, FLOCK_LENGTH_AT, size);
            int result = CLibrary.fcntl(descriptor, F_OFD_SETLK, flock);
            return switch (-result) {
                case 0 -> Outcome.LOCKED;
                case CLibrary.EAGAIN, CLibrary.EACCES -> Outcome.HELD_BY_ANOTHER;
                case CLibrary.ENOLCK, CLibrary.EINVAL, CLibrary.ENOSYS, CLibrary.EOPNOTSUPP -> Outcome.UNSUPPORTED;
                default -> throw new IOException("locking failed with error " + -result);
            };
        }
    }

    /// Closes the file and lets its locks go.
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            CLibrary.close(descriptor);
        }
    }
}
