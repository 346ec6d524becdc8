package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Inode.DeviceNumber;
import dev.kerr.squashfs.SystemCalls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;

/// Makes files below an open directory of the host, by names that are byte strings. Not thread-safe.
///
/// Nothing that is there is opened, replaced or followed: a path is resolved by [HostFiles], all else gets the
/// descriptor of a file, or that of a directory and a name in it.
final class NewFiles {
    private static final int O_WRONLY = 0x1;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int LONGEST_TEXT = 4096;
    private static final int LARGEST_XATTR = 64 * 1024;
    private static final int TIMESPEC_SIZE = 16;

    /// What a directory has until it is finished.
    private static final int OWN_DIRECTORY = 0700;

    /// What a file has until it is finished.
    private static final int OWN_FILE = 0600;

    private final HostFiles files;
    private final SystemCalls calls;
    private final String under;
    private final MemorySegment name;
    private final MemorySegment text;
    private final MemorySegment value;
    private final MemorySegment times;
    private final MemorySegment buffer;

    /// @param arena where its memory comes from
    /// @param under the directory as a person knows it, for messages
    NewFiles(Arena arena, String under) {
        this.files = new HostFiles(arena);
        this.calls = new SystemCalls(arena);
        this.under = under;
        this.name = arena.allocate(LONGEST_TEXT);
        this.text = arena.allocate(LONGEST_TEXT);
        this.value = arena.allocate(LARGEST_XATTR);
        this.times = arena.allocate(2 * TIMESPEC_SIZE, Long.BYTES);
        this.buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
    }

    /// The files that are there.
    HostFiles files() {
        return files;
    }

    /// A name in an open directory.
    ///
    /// @param path from the directory that all is below, for messages
    record Place(int directory, String name, String path) {}

    void makeDirectory(Place place) throws IOException {
        setText(name, place.name, place.path);
        long made = calls.call(Call.MKDIRAT, place.directory, name.address(), OWN_DIRECTORY, 0, 0);
        check(made, Call.MKDIRAT, place.path);
    }

    /// Makes an empty file at `path` below `root`, and opens it for writing.
    int makeFile(int root, String path) throws IOException {
        long fd = files.tryOpen(root, path, O_WRONLY | O_CREAT | O_EXCL, OWN_FILE);
        check(fd, Call.OPENAT, path);
        return (int) fd;
    }

    /// Opens the directory at `relative` below an open one, which it is itself if that is empty.
    ///
    /// @param path of it, for messages
    int openDirectory(int directory, String relative, String path) throws IOException {
        long fd = files.tryOpen(directory, relative.isEmpty() ? "." : relative, calls.directoryFlag(), 0);
        check(fd, Call.OPENAT, path);
        return (int) fd;
    }

    void makeSymlink(Place place, String target) throws IOException {
        setText(text, target, place.path);
        setText(name, place.name, place.path);
        long made = calls.call(Call.SYMLINKAT, text.address(), place.directory, name.address(), 0, 0);
        check(made, Call.SYMLINKAT, place.path);
    }

    /// Makes another name of the file at `existing`.
    void makeLink(Place existing, Place place) throws IOException {
        setText(text, existing.name, existing.path);
        setText(name, place.name, place.path);
        long made = calls.call(Call.LINKAT, existing.directory, text.address(), place.directory, name.address(), 0);
        check(made, Call.LINKAT, place.path);
    }

    /// Makes a device, a named pipe or a socket.
    ///
    /// @return whether that is permitted
    boolean makeSpecial(Place place, InodeType type, DeviceNumber device) throws IOException {
        setText(name, place.name, place.path);
        long made = calls.call(
                Call.MKNODAT, place.directory, name.address(), type.modeBits() | OWN_FILE, device.encode(), 0);
        if (made == -SystemCalls.EPERM && (type == InodeType.BLOCK_DEVICE || type == InodeType.CHARACTER_DEVICE)) {
            return false;
        }
        check(made, Call.MKNODAT, place.path);
        return true;
    }

    /// Writes the first `length` bytes of `from` at `position` of an open file.
    void write(int fd, long position, byte[] from, int length, String path) throws IOException {
        int done = 0;
        while (done < length) {
            int now = Math.min(length - done, BUFFER_BYTES);
            MemorySegment.copy(from, done, buffer, ValueLayout.JAVA_BYTE, 0, now);
            writeBuffer(fd, position + done, now, path);
            done += now;
        }
    }

    private void writeBuffer(int fd, long position, int length, String path) throws IOException {
        int done = 0;
        while (done < length) {
            long count = calls.call(Call.PWRITE64, fd, buffer.address() + done, length - done, position + done, 0);
            check(count, Call.PWRITE64, path);
            if (count == 0) {
                throw new FileSystemException(shown(path), null, "nothing can be written to it");
            }
            done += (int) count;
        }
    }

    /// Makes an open file this long: what is not written to it is a hole.
    void setSize(int fd, long size, String path) throws IOException {
        check(calls.call(Call.FTRUNCATE, fd, size, 0, 0, 0), Call.FTRUNCATE, path);
    }

    /// Changes the owner of an open file, which takes set-user-ID bits and capabilities from it.
    ///
    /// @return whether that is permitted; no if this user namespace lacks one of the ids
    boolean setOwner(int fd, long uid, long gid, String path) throws IOException {
        return isPermitted(calls.call(Call.FCHOWN, fd, uid, gid, 0, 0), Call.FCHOWN, path);
    }

    /// As [#setOwner] of an open file.
    boolean setOwner(Place place, long uid, long gid) throws IOException {
        setText(name, place.name, place.path);
        long changed = calls.call(Call.FCHOWNAT, place.directory, name.address(), uid, gid, AT_SYMLINK_NOFOLLOW);
        return isPermitted(changed, Call.FCHOWNAT, place.path);
    }

    private boolean isPermitted(long result, Call call, String path) throws IOException {
        if (result == -SystemCalls.EPERM || result == -SystemCalls.EINVAL) {
            return false;
        }
        check(result, call, path);
        return true;
    }

    void setPermissions(int fd, int permissions, String path) throws IOException {
        check(calls.call(Call.FCHMOD, fd, permissions, 0, 0, 0), Call.FCHMOD, path);
    }

    /// Changes the permissions of what is no symbolic link.
    void setPermissions(Place place, int permissions) throws IOException {
        setText(name, place.name, place.path);
        long changed = calls.call(Call.FCHMODAT, place.directory, name.address(), permissions, 0, 0);
        check(changed, Call.FCHMODAT, place.path);
    }

    /// Sets both times of an open file.
    void setTime(int fd, long seconds, String path) throws IOException {
        setTimes(seconds);
        check(calls.call(Call.UTIMENSAT, fd, 0, times.address(), 0, 0), Call.UTIMENSAT, path);
    }

    void setTime(Place place, long seconds) throws IOException {
        setTimes(seconds);
        setText(name, place.name, place.path);
        long changed =
                calls.call(Call.UTIMENSAT, place.directory, name.address(), times.address(), AT_SYMLINK_NOFOLLOW, 0);
        check(changed, Call.UTIMENSAT, place.path);
    }

    private void setTimes(long seconds) {
        times.set(ValueLayout.JAVA_LONG, 0, seconds);
        times.set(ValueLayout.JAVA_LONG, TIMESPEC_SIZE, seconds);
    }

    /// Sets an extended attribute of an open file.
    ///
    /// @return whether that is permitted, and possible in this file system
    boolean setXattr(int fd, String attribute, byte[] content, String path) throws IOException {
        setText(text, attribute, path);
        MemorySegment.copy(content, 0, value, ValueLayout.JAVA_BYTE, 0, content.length);
        long set = calls.call(Call.FSETXATTR, fd, text.address(), value.address(), content.length, 0);
        return isXattrPermitted(set, Call.FSETXATTR, path);
    }

    boolean setXattr(Place place, String attribute, byte[] content) throws IOException {
        // There is no call for extended attributes of a name in a directory.
        setText(name, "/proc/self/fd/" + place.directory + "/" + place.name, place.path);
        setText(text, attribute, place.path);
        MemorySegment.copy(content, 0, value, ValueLayout.JAVA_BYTE, 0, content.length);
        long set = calls.call(Call.LSETXATTR, name.address(), text.address(), value.address(), content.length, 0);
        return isXattrPermitted(set, Call.LSETXATTR, place.path);
    }

    private boolean isXattrPermitted(long result, Call call, String path) throws IOException {
        // EINVAL: a security module that does not know the value. EACCES: an attribute of files that are not this kind.
        return result != -SystemCalls.EOPNOTSUPP && result != -SystemCalls.EACCES && isPermitted(result, call, path);
    }

    /// Closes a file that was written: some file systems only now say that it cannot be stored.
    void closeWritten(int fd, String path) throws IOException {
        long closed = calls.call(Call.CLOSE, fd, 0, 0, 0, 0);
        if (closed != -SystemCalls.EINTR) {
            check(closed, Call.CLOSE, path);
        }
    }

    /// Closes any other.
    void closeFile(int fd) {
        files.closeFile(fd);
    }

    private void setText(MemorySegment segment, String content, String path) throws IOException {
        if (content.length() >= LONGEST_TEXT) {
            throw SystemCalls.failure(Call.SYMLINKAT, -SystemCalls.ENAMETOOLONG, shown(path));
        }
        HostFiles.setText(segment, content);
    }

    /// The file at `path` as a person reads it.
    private String shown(String path) {
        return path.isEmpty() ? under : under + "/" + ByteStrings.printable(path);
    }

    private void check(long result, Call call, String path) throws IOException {
        if (SystemCalls.isError(result)) {
            throw SystemCalls.failure(call, result, shown(path));
        }
    }
}
