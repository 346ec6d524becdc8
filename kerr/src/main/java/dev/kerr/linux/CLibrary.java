package dev.kerr.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// What `java.nio.file` cannot ask of the kernel about open files.
///
/// Each function returns what the system call does, or the negative error number. One handle for all of them, since
/// linking each shape costs milliseconds; the first call takes a JVM some ten: not for the launch path.
///
/// **Source:** openat(2), linkat(2), fcntl(2), ioctl(2), getxattr(2), syscall(2), close(2); numbers of calls from Linux
/// `asm/unistd_64.h` and `asm-generic/unistd.h`; those of flags and errors from `asm-generic`, the same on both but
/// one.
final class CLibrary {
    private static final boolean IS_ARM = System.getProperty("os.arch", "").equals("aarch64");

    /// Goes with `O_TMPFILE`, too.
    static final int O_DIRECTORY = IS_ARM ? 0x4000 : 0x10000;

    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int SYNC_FILE_RANGE_WRITE = 2;

    static final int ENOENT = 2;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int ETXTBSY = 26;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int ENOLCK = 37;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final long ERRNO_AT =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    @SuppressWarnings("restricted") // what the class is for
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    private CLibrary() {}

    /// Numbers of calls, on x86-64 and arm64.
    private enum Call {
        OPENAT(257, 56),
        CLOSE(3, 57),
        FCNTL(72, 25),
        IOCTL(16, 29),
        LINKAT(265, 37),
        GETXATTR(191, 8),
        SYNC_FILE_RANGE(277, 84);

        private final long number;

        Call(long x86, long arm) {
            this.number = IS_ARM ? arm : x86;
        }
    }

    /// openat(2); the descriptor is closed when a program is executed.
    static int open(Path path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(Call.OPENAT.number, AT_FDCWD, name(arena, path), flags | O_CLOEXEC, mode, 0);
        }
    }

    /// fcntl(2) with a structure.
    static int fcntl(int descriptor, int command, MemorySegment argument) {
        return (int) call(Call.FCNTL.number, descriptor, command, argument.address(), 0, 0);
    }

    /// ioctl(2) with a structure.
    static int ioctl(int descriptor, long request, MemorySegment argument) {
        return (int) call(Call.IOCTL.number, descriptor, request, argument.address(), 0, 0);
    }

    /// linkat(2): gives the file that an existing path leads to, links followed, a further name.
    static int link(Path existing, Path name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    Call.LINKAT.number,
                    AT_FDCWD,
                    name(arena, existing),
                    AT_FDCWD,
                    name(arena, name),
                    AT_SYMLINK_FOLLOW);
        }
    }

    /// Whether a file has an extended attribute: getxattr(2), links followed. False where that cannot be known.
    static boolean hasAttribute(Path path, String attribute) {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(attribute).address();
            return call(Call.GETXATTR.number, name(arena, path), name, 0, 0, 0) >= 0;
        }
    }

    /// sync_file_range(2) of the whole file, if the file system can: has what is written go to the disk.
    static void beginWriting(int descriptor) {
        call(Call.SYNC_FILE_RANGE.number, descriptor, 0, 0, SYNC_FILE_RANGE_WRITE, 0);
    }

    /// A call of two numbers that `java.nio.file` has nothing to do with.
    ///
    /// @param number the same on x86-64 and arm64
    static int syscall(long number, long first, long second) {
        return (int) call(number, first, second, 0, 0, 0);
    }

    /// close(2), of a descriptor that nothing was written through.
    static void close(int descriptor) {
        call(Call.CLOSE.number, descriptor, 0, 0, 0, 0);
    }

    private static long call(long number, long first, long second, long third, long fourth, long fifth) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            long result = (long) SYSCALL.invokeExact(state, number, first, second, third, fourth, fifth);
            return result < 0 ? -state.get(ValueLayout.JAVA_INT, ERRNO_AT) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// The exception for an error number.
    ///
    /// @param call what failed, for errors that have no name here
    static IOException failure(Path path, String call, int errno) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path.toString());
            case EACCES -> new AccessDeniedException(path.toString());
            case EEXIST -> new FileAlreadyExistsException(path.toString());
            case ENOTDIR -> new FileSystemException(path.toString(), null, "a part of the path is no directory");
            case EISDIR -> new FileSystemException(path.toString(), null, "not a regular file");
            case ETXTBSY -> new FileSystemException(path.toString(), null, "it is being executed");
            case ENOSPC -> new FileSystemException(path.toString(), null, "no space left on device");
            case EROFS -> new FileSystemException(path.toString(), null, "the file system is read-only");
            case ELOOP -> new FileSystemException(path.toString(), null, "too many levels of symbolic links");
            case EDQUOT -> new FileSystemException(path.toString(), null, "disk quota exceeded");
            default -> new FileSystemException(path.toString(), null, call + " failed with error " + errno);
        };
    }

    /// The address of a path's bytes, in the arena's memory.
    private static long name(Arena arena, Path path) {
        return arena.allocateFrom(path.toString(), Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")))
                .address();
    }

    private static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException bug ? bug : new IllegalStateException(thrown);
    }
}
