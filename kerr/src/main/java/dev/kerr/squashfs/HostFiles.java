package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.SystemCalls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Files of the host below an open directory, by names that are byte strings. Not thread-safe.
final class HostFiles {
    /// The most that one call reads: enough for any list or value of extended attributes.
    private static final int BUFFER_BYTES = 128 * 1024;

    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int OPENAT2 = 437;
    private static final int RESOLVE_NO_SYMLINKS = 0x04;
    private static final int RESOLVE_BENEATH = 0x08;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private static final int LONGEST_PATH = 4096;
    private static final int STATX_SIZE = 256;
    private static final int OPEN_HOW_SIZE = 24;
    private static final int DIRENT_NAME_AT = 19;
    private static final int DIRENT_LENGTH_AT = 16;

    private final SystemCalls calls;
    private final MemorySegment path;
    private final MemorySegment fixed;
    private final MemorySegment buffer;
    /// What was read from one of these: arrays are cheaper to take apart, above all before that is compiled.
    private final byte[] bytes = new byte[BUFFER_BYTES];

    /// @param arena where its memory comes from
    HostFiles(Arena arena) {
        this.calls = new SystemCalls(arena);
        this.path = arena.allocate(LONGEST_PATH);
        this.fixed = arena.allocate(STATX_SIZE, Long.BYTES);
        this.buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
    }

    /// What `statx` tells.
    ///
    /// @param mode type and permissions
    /// @param device number of a device file
    /// @param allocated bytes on the disk
    record Status(
            FileId id,
            int mode,
            long links,
            long uid,
            long gid,
            long size,
            long allocated,
            long modifiedSeconds,
            Inode.DeviceNumber device) {}

    /// What tells files of a host apart.
    record FileId(long deviceMajor, long deviceMinor, long inode) {}

    /// Opens a directory by a path of the host, through symbolic links.
    ///
    /// @param hostPath a byte string
    int openRoot(String hostPath) throws IOException {
        setPath(hostPath);
        int flags = calls.directoryFlag() | O_CLOEXEC;
        long fd = calls.call(Call.OPENAT, SystemCalls.AT_FDCWD, path.address(), flags, 0, 0);
        return (int) checked(fd, Call.OPENAT, hostPath);
    }

    /// Opens the directory at `relative` below `root`; the empty path is `root` itself.
    int openDirectory(int root, String relative) throws IOException {
        return open(root, relative.isEmpty() ? "." : relative, calls.directoryFlag());
    }

    /// Opens the file at `relative` below `root`, which should be a regular one; any other does not block.
    int openFile(int root, String relative) throws IOException {
        return open(root, relative, O_NONBLOCK);
    }

    private int open(int root, String relative, int flags) throws IOException {
        return (int) checked(tryOpen(root, relative, flags, 0), Call.OPENAT, relative);
    }

    /// Opens or makes what is at `relative` below `root`, through no symbolic link.
    ///
    /// @return the descriptor, or the negative errno
    long tryOpen(int root, String relative, int flags, int permissions) throws IOException {
        setPath(relative);
        int all = flags | O_CLOEXEC | calls.noFollowFlag();
        fixed.set(ValueLayout.JAVA_LONG, 0, all);
        fixed.set(ValueLayout.JAVA_LONG, 8, permissions);
        fixed.set(ValueLayout.JAVA_LONG, 16, RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
        long fd = calls.callNumber(OPENAT2, root, path.address(), fixed.address(), OPEN_HOW_SIZE);
        if (fd == -SystemCalls.ENOSYS || fd == -SystemCalls.EPERM) {
            // Linux before 5.6, or a seccomp filter from before that.
            fd = calls.call(Call.OPENAT, root, path.address(), all, permissions, 0);
        }
        return fd;
    }

    void closeFile(int fd) {
        calls.call(Call.CLOSE, fd, 0, 0, 0, 0);
    }

    /// The names in an open directory, in any order, without `.` and `..`.
    List<String> list(int directory, String shown) throws IOException {
        List<String> names = new ArrayList<>();
        while (true) {
            long count = calls.call(Call.GETDENTS, directory, buffer.address(), BUFFER_BYTES, 0, 0);
            if (checked(count, Call.GETDENTS, shown) == 0) {
                return names;
            }
            take(buffer, (int) count);
            int at = 0;
            while (at < count) {
                String name = text(at + DIRENT_NAME_AT);
                if (!name.equals(".") && !name.equals("..")) {
                    names.add(name);
                }
                at += LittleEndian.u16(bytes, at + DIRENT_LENGTH_AT);
            }
        }
    }

    private void take(MemorySegment from, int count) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
    }

    /// The text in `bytes` from `start` to the next NUL.
    private String text(int start) {
        int end = start;
        while (bytes[end] != 0) {
            end++;
        }
        return ByteStrings.of(bytes, start, end - start);
    }

    /// What `name` in an open directory is, not what a symbolic link there leads to; `""` is the open file itself.
    Status status(int directory, String name, String shown) throws IOException {
        setPath(name);
        int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name.isEmpty() ? AT_EMPTY_PATH : 0);
        long result = calls.call(Call.STATX, directory, path.address(), flags, STATX_BASIC_STATS, fixed.address());
        checked(result, Call.STATX, shown);
        take(fixed, STATX_SIZE);
        var id = new FileId(LittleEndian.u32(bytes, 136), LittleEndian.u32(bytes, 140), LittleEndian.i64(bytes, 32));
        return new Status(
                id,
                LittleEndian.u16(bytes, 28),
                LittleEndian.u32(bytes, 16),
                LittleEndian.u32(bytes, 20),
                LittleEndian.u32(bytes, 24),
                LittleEndian.i64(bytes, 40),
                LittleEndian.i64(bytes, 48) * 512,
                LittleEndian.i64(bytes, 112),
                new Inode.DeviceNumber(LittleEndian.i32(bytes, 128), LittleEndian.i32(bytes, 132)));
    }

    /// The target of a symbolic link.
    String target(int directory, String name, String shown) throws IOException {
        setPath(name);
        long count = calls.call(Call.READLINKAT, directory, path.address(), buffer.address(), BUFFER_BYTES, 0);
        return bufferText(checked(count, Call.READLINKAT, shown));
    }

    private String bufferText(long count) {
        take(buffer, (int) count);
        return ByteStrings.of(bytes, 0, (int) count);
    }

    /// The names of extended attributes, in any order; none where the file system has no such thing.
    List<String> xattrNames(int directory, String name, String shown) throws IOException {
        setXattrPath(directory, name);
        long count = calls.call(Call.LLISTXATTR, path.address(), buffer.address(), BUFFER_BYTES, 0, 0);
        if (count == 0 || count == -SystemCalls.EOPNOTSUPP) {
            return List.of();
        }
        checked(count, Call.LLISTXATTR, shown);
        return List.of(bufferText(count - 1).split("\0"));
    }

    /// The value of an extended attribute; empty if it is gone meanwhile.
    Optional<byte[]> xattr(int directory, String name, String attribute, String shown) throws IOException {
        setXattrPath(directory, name);
        setText(fixed, attribute);
        long count = calls.call(Call.LGETXATTR, path.address(), fixed.address(), buffer.address(), BUFFER_BYTES, 0);
        if (count == -SystemCalls.ENODATA) {
            return Optional.empty();
        }
        checked(count, Call.LGETXATTR, shown);
        take(buffer, (int) count);
        return Optional.of(Arrays.copyOf(bytes, (int) count));
    }

    /// There are no calls for extended attributes of a name in a directory, and those of a file want it open.
    private void setXattrPath(int directory, String name) throws IOException {
        setPath("/proc/self/fd/" + directory + "/" + (name.isEmpty() ? "." : name));
    }

    /// Reads up to `length` bytes of an open file at `position`.
    ///
    /// @return the bytes read, 0 at the end
    int read(int fd, long position, byte[] into, int from, int length) throws IOException {
        long wanted = Math.min(length, BUFFER_BYTES);
        long count = checked(calls.call(Call.PREAD, fd, buffer.address(), wanted, position, 0), Call.PREAD, "fd " + fd);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, from, (int) count);
        return (int) count;
    }

    /// Where the first byte of an open file from `position` on is that is not in a hole; -1 if none is.
    long nextData(int fd, long position) {
        return seek(fd, position, SEEK_DATA);
    }

    /// Where the first hole of an open file from `position` on is; -1 if that is unknown.
    long nextHole(int fd, long position) {
        return seek(fd, position, SEEK_HOLE);
    }

    private long seek(int fd, long position, int whence) {
        long found = calls.call(Call.LSEEK, fd, position, whence, 0, 0);
        return SystemCalls.isError(found) ? found == -SystemCalls.ENXIO ? -1 : position : found;
    }

    private void setPath(String text) throws IOException {
        if (text.length() >= LONGEST_PATH) {
            throw new InvalidTreeException(text, "path longer than " + (LONGEST_PATH - 1) + " bytes");
        }
        setText(path, text);
    }

    static void setText(MemorySegment segment, String text) {
        byte[] ended = ByteStrings.bytes(text.concat("\0"));
        MemorySegment.copy(ended, 0, segment, ValueLayout.JAVA_BYTE, 0, ended.length);
    }

    private static long checked(long result, Call call, String shown) throws IOException {
        if (SystemCalls.isError(result)) {
            throw SystemCalls.failure(call, result, ByteStrings.printable(shown));
        }
        return result;
    }
}
