package dev.kerr.squashfs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// The system calls that reading and making files takes and `java.nio.file` lacks: it knows no names that are not text,
/// no holes, no device numbers and no `security.*` attributes.
///
/// One handle for all calls, since linking each shape costs milliseconds. Not thread-safe; its memory is the arena's.
///
/// Source: syscall(2) and the pages of the calls; numbers from Linux `asm/unistd_64.h` and `asm-generic/unistd.h`.
final class SystemCalls {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EACCES = 13;
    static final int EPERM = 1;
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EMLINK = 31;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    /// Relative paths begin at the working directory.
    static final int AT_FDCWD = -100;

    private static final long LARGEST_ERRNO = 4095;

    private static final Linker LINKER = Linker.nativeLinker();

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

    private static final long ERRNO_AT =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final Machine machine = Machine.here();
    private final MemorySegment state;

    SystemCalls(Arena arena) {
        this.state = arena.allocate(Linker.Option.captureStateLayout());
    }

    /// Numbers of calls and bits that machines do not agree on.
    private enum Machine {
        X86_64(
                new int[] {
                    257, 3, 17, 8, 332, 267, 217, 195, 192, //
                    258, 259, 266, 265, 18, 77, 93, 260, 91, 268, 280, 189, 190
                },
                0x10000,
                0x20000),
        AARCH64(
                new int[] {
                    56, 57, 67, 62, 291, 78, 61, 12, 9, //
                    34, 33, 36, 37, 68, 46, 55, 54, 52, 53, 88, 6, 7
                },
                0x4000,
                0x8000);

        private final int[] numbers;
        private final int directory;
        private final int noFollow;

        Machine(int[] numbers, int directory, int noFollow) {
            this.numbers = numbers;
            this.directory = directory;
            this.noFollow = noFollow;
        }

        static Machine here() {
            return switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> X86_64;
                case "aarch64" -> AARCH64;
                default ->
                    throw new UnsupportedOperationException("files of this machine, whose system calls are not known");
            };
        }
    }

    /// A call, by its place among the numbers of a machine.
    enum Call {
        OPENAT,
        CLOSE,
        PREAD,
        LSEEK,
        STATX,
        READLINKAT,
        GETDENTS,
        LLISTXATTR,
        LGETXATTR,
        MKDIRAT,
        MKNODAT,
        SYMLINKAT,
        LINKAT,
        PWRITE64,
        FTRUNCATE,
        FCHOWN,
        FCHOWNAT,
        FCHMOD,
        FCHMODAT,
        UTIMENSAT,
        LSETXATTR,
        FSETXATTR;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The flag `O_DIRECTORY`.
    int directoryFlag() {
        return machine.directory;
    }

    /// The flag `O_NOFOLLOW`.
    int noFollowFlag() {
        return machine.noFollow;
    }

    /// Makes a call.
    ///
    /// @return its result, or the negative errno
    long call(Call call, long a, long b, long c, long d, long e) {
        return invoke(machine.numbers[call.ordinal()], a, b, c, d, e);
    }

    /// As [#call], by a number that is the same on all machines.
    long callNumber(int number, long a, long b, long c, long d) {
        return invoke(number, a, b, c, d, 0);
    }

    private long invoke(long number, long a, long b, long c, long d, long e) {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e);
        } catch (RuntimeException | Error bug) {
            throw bug;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
        return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO_AT) : result;
    }

    static boolean isError(long result) {
        return result < 0 && result >= -LARGEST_ERRNO;
    }

    /// The exception for a failed call.
    ///
    /// @param result the negative errno
    /// @param path what it was about, as a person reads it
    static IOException failure(Call call, long result, String path) {
        return switch ((int) -result) {
            case ENOENT -> new NoSuchFileException(path);
            case EACCES, EPERM -> new AccessDeniedException(path);
            default -> new FileSystemException(path, null, reason(call, (int) -result));
        };
    }

    private static String reason(Call call, int errno) {
        return switch (errno) {
            case EEXIST -> "file exists";
            case EFBIG -> "file too large for the file system";
            case ENOSPC -> "no space left on device";
            case EROFS -> "read-only file system";
            case EMLINK -> "too many links";
            case ENAMETOOLONG -> "file name too long";
            case EDQUOT -> "disk quota exceeded";
            default -> call.label() + " failed with error " + errno;
        };
    }
}
