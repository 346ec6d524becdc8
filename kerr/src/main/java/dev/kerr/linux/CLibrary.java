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
/// Each function returns what the C library's does, or the negative error number. The first call takes a JVM some ten
/// milliseconds: not for the launch path.
///
/// **Source:** open(2), linkat(2), fcntl(2), getxattr(2), syscall(2), close(2); numbers from Linux `asm-generic`, the
/// same on
/// x86-64 and arm64.
final class CLibrary {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_FOLLOW = 0x400;

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

    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FCNTL = function(
            "fcntl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LINKAT = function(
            "linkat",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle GETXATTR = function(
            "getxattr",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private CLibrary() {}

    /// open(2); the descriptor is closed when a program is executed.
    static int open(Path path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int result = (int) OPEN.invokeExact(state, name(arena, path), flags | O_CLOEXEC, mode);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// fcntl(2) with a structure.
    static int fcntl(int descriptor, int command, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int result = (int) FCNTL.invokeExact(state, descriptor, command, argument);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// linkat(2): gives the file that an existing path leads to, links followed, a further name.
    static int link(Path existing, Path name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            int result = (int) LINKAT.invokeExact(
                    state, AT_FDCWD, name(arena, existing), AT_FDCWD, name(arena, name), AT_SYMLINK_FOLLOW);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// Whether a file has an extended attribute: getxattr(2), links followed. False where that cannot be known.
    static boolean hasAttribute(Path path, String attribute) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(attribute);
            return (long) GETXATTR.invokeExact(state(arena), name(arena, path), name, MemorySegment.NULL, 0L) >= 0;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// syscall(2), for what the oldest supported C library has no function for.
    ///
    /// @param number the same on x86-64 and arm64
    static int syscall(long number, long first, long second) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            long result = (long) SYSCALL.invokeExact(state, number, first, second, 0L, 0L);
            return result < 0 ? -errno(state) : (int) result;
        } catch (Throwable thrown) {
            throw unexpected(thrown);
        }
    }

    /// close(2), of a descriptor that nothing was written through.
    static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(state(arena), descriptor);
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

    private static MemorySegment state(Arena arena) {
        return arena.allocate(Linker.Option.captureStateLayout());
    }

    private static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO_AT);
    }

    private static MemorySegment name(Arena arena, Path path) {
        return arena.allocateFrom(path.toString(), Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
    }

    private static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException bug ? bug : new IllegalStateException(thrown);
    }

    @SuppressWarnings("restricted") // what the class is for
    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }
}
