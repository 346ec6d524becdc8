package dev.kerr.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800; // a FIFO is found to be one, not waited for
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;

    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ETXTBSY = 26;
    private static final int EROFS = 30;
    private static final int ENOLCK = 37;
    private static final int ELOOP = 40;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_AT =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2),
            ERRNO);
    private static final MethodHandle FCNTL = function(
            "fcntl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2),
            ERRNO);
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

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
        int descriptor = openDescriptor(path);
        try {
            Path opened = Path.of("/proc/self/fd/" + descriptor); // the same file, whatever happens to its name
            if (!Files.isRegularFile(opened)) {
                throw new FileSystemException(path.toString(), null, "not a regular file");
            }
            var channel = FileChannel.open(opened, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new LockedFile(descriptor, channel);
        } catch (IOException | RuntimeException e) {
            close(descriptor);
            throw e;
        }
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
            int errno = errnoOfFcntl(arena, flock);
            return switch (errno) {
                case 0 -> Outcome.LOCKED;
                case EAGAIN, EACCES -> Outcome.HELD_BY_ANOTHER;
                case ENOLCK, EINVAL -> Outcome.UNSUPPORTED;
                default -> throw new IOException("locking failed with error " + errno);
            };
        }
    }

    /// Closes the file and lets its locks go.
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            close(descriptor);
        }
    }

    private static int openDescriptor(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            var encoding = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
            MemorySegment name = arena.allocateFrom(path.toString(), encoding);
            int descriptor = (int) OPEN.invokeExact(state, name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
            if (descriptor < 0) {
                throw failure(path.toString(), state.get(ValueLayout.JAVA_INT, ERRNO_AT));
            }
            return descriptor;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static IOException failure(String path, int errno) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path);
            case EACCES -> new AccessDeniedException(path);
            case ENOTDIR -> new FileSystemException(path, null, "a part of the path is no directory");
            case EISDIR -> new FileSystemException(path, null, "not a regular file");
            case ETXTBSY -> new FileSystemException(path, null, "it is being executed");
            case EROFS -> new FileSystemException(path, null, "the file system is read-only");
            case ELOOP -> new FileSystemException(path, null, "too many levels of symbolic links");
            default -> new FileSystemException(path, null, "open failed with error " + errno);
        };
    }

    private int errnoOfFcntl(Arena arena, MemorySegment flock) {
        try {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) FCNTL.invokeExact(state, descriptor, F_OFD_SETLK, flock);
            return result < 0 ? state.get(ValueLayout.JAVA_INT, ERRNO_AT) : 0;
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor); // nothing was written through it
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("restricted") // what the class is for
    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
