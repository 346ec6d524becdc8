package dev.kerr.container;

import dev.kerr.image.FileIdentity;
import java.util.ArrayList;
import java.util.List;

/// One step of a launch plan; the C program performs them in order. `starter/plan.h` says what each does; a host path
/// is
/// the caller's, a session path lies in the starter's own tmpfs, a container path is resolved inside the container.
public sealed interface Op
        permits IsolationOp,
                RuntimeOp,
                Op.OpenImage,
                Op.UserNamespace,
                Op.ServeImage,
                Op.ShareImage,
                Op.Plain,
                Op.Session,
                Op.Directory,
                Op.WriteFile,
                Op.MountServed,
                Op.MountLoop,
                Op.MountDirectory,
                Op.Overlay,
                Op.Root,
                Op.Bind,
                Op.BindSession,
                Op.Symlink,
                Op.LockImage,
                Op.BindImage,
                Op.NewMount,
                Op.FuseServer,
                Op.HostDirectory,
                Op.MountProc,
                Op.Preload,
                Op.ChangeDirectory,
                Op.Become,
                Op.Privileges,
                Op.Seccomp,
                Op.Environment,
                Op.Umask,
                Op.Recorded,
                Op.Exec {
    OpCode code();

    /// As they go over the wire.
    List<String> arguments();

    private static List<String> prefixed(String first, List<String> others) {
        var all = new ArrayList<String>(others.size() + 1);
        all.add(first);
        all.addAll(others);
        return all;
    }

    /// Open an image once, and see that it is the file that was planned for.
    ///
    /// @param number by which later operations name it, 0 to 15
    record OpenImage(int number, String path, ImageUse use, FileIdentity identity) implements Op {
        @Override
        public OpCode code() {
            return OpCode.IMAGE;
        }

        @Override
        public List<String> arguments() {
            return List.of(
                    Integer.toString(number),
                    path,
                    use.flags,
                    Long.toUnsignedString(identity.device()),
                    Long.toUnsignedString(identity.inode()),
                    Long.toUnsignedString(identity.size()),
                    Long.toUnsignedString(identity.modifiedNanos()));
        }
    }

    /// What an image is opened for.
    enum ImageUse {
        WRITING(""),
        READING("ro"),
        /// For this launch alone: the file loses its name.
        READING_ONCE("ro,once");

        private final String flags;

        ImageUse(String flags) {
            this.flags = flags;
        }
    }

    /// Enter a user namespace with these maps (lines `inside outside count`).
    ///
    /// @param uidProgram newuidmap; empty where the maps are of the caller's own ids and written directly;
    ///     [#BY_ROOT] where root of the user namespace around this one writes them
    record UserNamespace(String uidMap, String gidMap, String uidProgram, String gidProgram) implements Op {
        /// In the place of a program: root of the namespace around writes the map.
        public static final String BY_ROOT = "root";

        /// A namespace inside this one in which each id of this one is itself.
        UserNamespace same() {
            return new UserNamespace(same(uidMap), same(gidMap), BY_ROOT, BY_ROOT);
        }

        private static String same(String map) {
            var lines = new StringBuilder();
            for (String line : map.split("\n", -1)) {
                String[] numbers = line.split(" ", -1);
                lines.append(lines.isEmpty() ? "" : "\n").append(numbers[0]).append(' ');
                lines.append(numbers[0]).append(' ').append(numbers[2]);
            }
            return lines.toString();
        }

        @Override
        public OpCode code() {
            return OpCode.USER_NAMESPACE;
        }

        @Override
        public List<String> arguments() {
            return List.of(uidMap, gidMap, uidProgram, gidProgram);
        }
    }

    /// Start the file system server; the image is its descriptor 3, /dev/fuse its descriptor 4.
    record ServeImage(int number, List<String> command) implements Op {
        public ServeImage {
            command = List.copyOf(command);
        }

        @Override
        public OpCode code() {
            return OpCode.IMAGE_SERVER;
        }

        @Override
        public List<String> arguments() {
            return prefixed(Integer.toString(number), command);
        }
    }

    /// Share the mount of an image with other launches: in their stead, a keeper performs the two operations that
    /// follow, [UserNamespace] and [ServeImage], and makes the namespace that the payload is to be in.
    ///
    /// @param directory of the host, with the sockets of keepers; made if it is not there
    /// @param inner the second user namespace of the plan
    record ShareImage(int number, String directory, int lingerSeconds, UserNamespace inner) implements Op {
        @Override
        public OpCode code() {
            return OpCode.SHARE;
        }

        @Override
        public List<String> arguments() {
            return List.of(
                    Integer.toString(number),
                    directory,
                    Integer.toString(lingerSeconds),
                    inner.uidMap(),
                    inner.gidMap());
        }
    }

    /// Operations without arguments.
    record Plain(OpCode code) implements Op {
        @Override
        public List<String> arguments() {
            return List.of();
        }
    }

    /// Make the session tmpfs the root.
    record Session(long bytes) implements Op {
        @Override
        public OpCode code() {
            return OpCode.SESSION;
        }

        @Override
        public List<String> arguments() {
            return List.of(Long.toString(bytes));
        }
    }

    record Directory(String sessionPath, int mode) implements Op {
        @Override
        public OpCode code() {
            return OpCode.DIRECTORY;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath, Integer.toOctalString(mode));
        }
    }

    record WriteFile(String sessionPath, int mode, String content) implements Op {
        @Override
        public OpCode code() {
            return OpCode.FILE;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath, Integer.toOctalString(mode), content);
        }
    }

    /// Mount what [ServeImage] serves.
    record MountServed(int number, String sessionPath) implements Op {
        @Override
        public OpCode code() {
            return OpCode.MOUNT_SERVED;
        }

        @Override
        public List<String> arguments() {
            return List.of(Integer.toString(number), sessionPath);
        }
    }

    /// Mount an image by the kernel's own file system, through a loop device that frees itself.
    record MountLoop(int number, String sessionPath, String flags, long offset, long size, String type) implements Op {
        @Override
        public OpCode code() {
            return OpCode.MOUNT_LOOP;
        }

        @Override
        public List<String> arguments() {
            return List.of(
                    Integer.toString(number), sessionPath, flags, Long.toString(offset), Long.toString(size), type);
        }
    }

    /// Mount a directory of the host in the session: a sandbox.
    record MountDirectory(String hostPath, String sessionPath, String flags) implements Op {
        @Override
        public OpCode code() {
            return OpCode.MOUNT_DIRECTORY;
        }

        @Override
        public List<String> arguments() {
            return List.of(hostPath, sessionPath, flags);
        }
    }

    /// Mount an overlay; without an upper directory it is read-only.
    record Overlay(String sessionPath, String flags, String options, String upper, String work, List<String> lowers)
            implements Op {
        public Overlay {
            lowers = List.copyOf(lowers);
        }

        @Override
        public OpCode code() {
            return OpCode.OVERLAY;
        }

        @Override
        public List<String> arguments() {
            var arguments = new ArrayList<>(List.of(sessionPath, flags, options, upper, work));
            arguments.addAll(lowers);
            return arguments;
        }
    }

    /// The session path that is the container's root from here on.
    record Root(String sessionPath) implements Op {
        @Override
        public OpCode code() {
            return OpCode.ROOT;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath);
        }
    }

    /// Bind a path of the host, and all that is mounted below it.
    record Bind(String hostPath, String containerPath, String flags) implements Op {
        @Override
        public OpCode code() {
            return OpCode.BIND;
        }

        @Override
        public List<String> arguments() {
            return List.of(hostPath, containerPath, flags);
        }
    }

    /// Bind a file of the session.
    record BindSession(String sessionPath, String containerPath, String flags) implements Op {
        @Override
        public OpCode code() {
            return OpCode.BIND_SESSION;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath, containerPath, flags);
        }
    }

    /// Make a symbolic link in the session.
    record Symlink(String sessionPath, String target) implements Op {
        @Override
        public OpCode code() {
            return OpCode.SYMLINK;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath, target);
        }
    }

    /// Lock a part of an image as long as it is mounted: for all others if it is written to, else for writers.
    record LockImage(int number, long offset, long bytes) implements Op {
        @Override
        public OpCode code() {
            return OpCode.LOCK_IMAGE;
        }

        @Override
        public List<String> arguments() {
            return List.of(Integer.toString(number), Long.toString(offset), Long.toString(bytes));
        }
    }

    /// Bind a path of an image that is mounted in the session.
    record BindImage(String sessionPath, String imagePath, String containerPath, String flags) implements Op {
        @Override
        public OpCode code() {
            return OpCode.BIND_IMAGE;
        }

        @Override
        public List<String> arguments() {
            return List.of(sessionPath, imagePath, containerPath, flags);
        }
    }

    /// Mount a new file system.
    ///
    /// @param options `key=value`, or `key`
    record NewMount(String containerPath, String type, String flags, List<String> options) implements Op {
        public NewMount {
            options = List.copyOf(options);
        }

        @Override
        public OpCode code() {
            return OpCode.NEW_MOUNT;
        }

        @Override
        public List<String> arguments() {
            var arguments = new ArrayList<>(List.of(containerPath, type, flags));
            arguments.addAll(options);
            return arguments;
        }
    }

    /// Start a file system server that mounts by itself, and take its mount; an image is its descriptor 3.
    ///
    /// @param number of its image; -1 for none
    /// @param command with the session's paths below [#SERVER_SESSION]
    record FuseServer(String sessionPath, int number, List<String> command) implements Op {
        /// **Source:** `SERVER_SESSION` of `starter/plan.h`.
        static final String SERVER_SESSION = "/tmp";

        public FuseServer {
            command = List.copyOf(command);
        }

        @Override
        public OpCode code() {
            return OpCode.FUSE_SERVER;
        }

        @Override
        public List<String> arguments() {
            var arguments = new ArrayList<>(List.of(sessionPath, number < 0 ? "" : Integer.toString(number)));
            arguments.addAll(command);
            return arguments;
        }
    }

    /// Make a directory of the host, as the caller, unless it is there.
    record HostDirectory(String hostPath, int mode) implements Op {
        @Override
        public OpCode code() {
            return OpCode.HOST_DIRECTORY;
        }

        @Override
        public List<String> arguments() {
            return List.of(hostPath, Integer.toOctalString(mode));
        }
    }

    /// Mount a proc of the payload's own PID namespace.
    record MountProc(String containerPath) implements Op {
        @Override
        public OpCode code() {
            return OpCode.PROC;
        }

        @Override
        public List<String> arguments() {
            return List.of(containerPath);
        }
    }

    /// Have programs of a mounted image read ahead while the plan goes on.
    record Preload(String sessionPath, List<String> containerPaths) implements Op {
        public Preload {
            containerPaths = List.copyOf(containerPaths);
        }

        @Override
        public OpCode code() {
            return OpCode.PRELOAD;
        }

        @Override
        public List<String> arguments() {
            return prefixed(sessionPath, containerPaths);
        }
    }

    /// Change to the first of these that can be changed to.
    record ChangeDirectory(List<String> candidates) implements Op {
        public ChangeDirectory {
            candidates = List.copyOf(candidates);
        }

        @Override
        public OpCode code() {
            return OpCode.CHDIR;
        }

        @Override
        public List<String> arguments() {
            return candidates;
        }
    }

    /// Become another user, for good.
    ///
    /// @param groups the supplementary ones
    record Become(int uid, int gid, List<Integer> groups) implements Op {
        public Become {
            groups = List.copyOf(groups);
        }

        @Override
        public OpCode code() {
            return OpCode.BECOME;
        }

        @Override
        public List<String> arguments() {
            var ids = new ArrayList<String>();
            ids.add(Integer.toString(uid));
            ids.add(Integer.toString(gid));
            for (int group : groups) {
                ids.add(Integer.toString(group));
            }
            return ids;
        }
    }

    /// Have exactly these rights. Sets of capabilities are as [dev.kerr.linux.Capability] has them; those count that
    /// the
    /// kernel has.
    ///
    /// @param noNewPrivileges whether no program that is executed can have more
    /// @param securebits to be set in addition to those that are
    /// @param bounding what can be had at all
    /// @param permitted what is permitted, and effective
    /// @param inheritable what executed programs inherit, and have at once: a part of `permitted`
    record Privileges(boolean noNewPrivileges, int securebits, long bounding, long permitted, long inheritable)
            implements Op {
        @Override
        public OpCode code() {
            return OpCode.PRIVILEGES;
        }

        @Override
        public List<String> arguments() {
            return List.of(
                    noNewPrivileges ? "1" : "0",
                    Integer.toString(securebits),
                    mask(bounding),
                    mask(permitted),
                    mask(inheritable));
        }

        private static String mask(long set) {
            String digits = Long.toHexString(set);
            return "0000000000000000".substring(digits.length()) + digits;
        }
    }

    /// Filter the payload's system calls.
    ///
    /// @param program as `dev.kerr.seccomp.Program` writes it
    /// @param isLogged whether the kernel logs what the filter does not allow
    record Seccomp(String program, boolean isLogged) implements Op {
        /// SECCOMP_FILTER_FLAG_SPEC_ALLOW: the filter is no reason to slow the processor's speculation down.
        private static final int SPECULATION = 4;

        private static final int LOG = 2;

        public Seccomp(String program) {
            this(program, false);
        }

        @Override
        public OpCode code() {
            return OpCode.SECCOMP;
        }

        @Override
        public List<String> arguments() {
            return List.of(program, Integer.toString(isLogged ? SPECULATION | LOG : SPECULATION));
        }
    }

    /// A rule for the environment: `ENV_KEEP`, `ENV_DROP`, `ENV_STASH` or `ENV_SET`.
    record Environment(OpCode code, List<String> arguments) implements Op {
        public Environment {
            arguments = List.copyOf(arguments);
        }

        static Environment set(String name, String value) {
            return new Environment(OpCode.ENV_SET, List.of(name, value));
        }
    }

    /// The payload's umask.
    record Umask(int mask) implements Op {
        @Override
        public OpCode code() {
            return OpCode.UMASK;
        }

        @Override
        public List<String> arguments() {
            return List.of(Integer.toOctalString(mask));
        }
    }

    /// An operation of a plan that was performed before, as a record has it.
    record Recorded(OpCode code, List<String> arguments) implements Op {
        public Recorded {
            arguments = List.copyOf(arguments);
        }
    }

    /// Become the payload.
    ///
    /// @param callerFrom index of the first of the caller's own arguments to append; 0 for none
    record Exec(int callerFrom, List<String> command) implements Op {
        public Exec {
            command = List.copyOf(command);
        }

        @Override
        public OpCode code() {
            return OpCode.EXEC;
        }

        @Override
        public List<String> arguments() {
            return prefixed(Integer.toString(callerFrom), command);
        }
    }
}
