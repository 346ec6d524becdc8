package dev.kerr.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kerr.container.Background;
import dev.kerr.container.Isolation;
import dev.kerr.container.IsolationOp;
import dev.kerr.container.Joined;
import dev.kerr.container.Op;
import dev.kerr.container.OpCode;
import dev.kerr.container.RuntimeOp;
import dev.kerr.image.FileIdentity;
import dev.kerr.network.NetworkHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds Java's half of the plan's format against `starter/plan.h`, which defines it.
class PlanHeaderTest {
    private static final List<String> FLAGS = List.of(
            "ro",
            "nodev",
            "noexec",
            "once",
            "suid",
            "noatime",
            "nodiratime",
            "strictatime",
            "nosymfollow",
            "private",
            "single",
            "");

    private static final Pattern ROW = Pattern.compile("X\\(([A-Z_]+), (\\d+), \"([a-z*]*)\"\\)");
    private static final Pattern CONSTANT = Pattern.compile("(?m)^#define PLAN_([A-Z_]+) (.+)$");

    /// An operation of each kind, its texts empty where they may be, its numbers large.
    static List<Op> operations() {
        return List.of(
                new Op.OpenImage(
                        0,
                        "/image.sif",
                        Op.ImageUse.READING_ONCE,
                        new FileIdentity(-1, Long.MIN_VALUE, Long.MAX_VALUE, 0)),
                new Op.UserNamespace("0 1000 1\n1 100000 65536", "0 1000 1", "/usr/bin/newuidmap", ""),
                new Op.ServeImage(0, List.of("/lib/squashfs-server", "4096", "")),
                new Op.ServeImage(15, List.of("/lib/squashfs-server")),
                new Op.ShareImage(
                        0, "/run/user/1000/kerr-mounts", 10, new Op.UserNamespace("1000 0 1", "1000 0 1", "", "")),
                new Op.Plain(OpCode.MOUNT_NAMESPACE),
                new Op.Plain(OpCode.PRIVATE_MOUNTS),
                new Op.Plain(OpCode.ENTER),
                new IsolationOp.ProcessNamespace(IsolationOp.FirstProcess.INIT),
                new IsolationOp.ProcessNamespace(IsolationOp.FirstProcess.INIT_OF_STEP),
                new Op.Plain(OpCode.KEYRING),
                new IsolationOp.Namespaces(List.of()),
                new IsolationOp.Namespaces(List.of(Isolation.Namespace.IPC, Isolation.Namespace.NET)),
                new IsolationOp.Hostname(""),
                new IsolationOp.Mask("/files/empty", "/files/nothing", List.of("/proc/kcore")),
                new IsolationOp.ReadOnly(List.of("/proc/sys")),
                new Op.Plain(OpCode.LOOPBACK),
                new IsolationOp.JoinNetwork("/run/netns/x"),
                new IsolationOp.ConnectNetwork(new NetworkHelper(
                        NetworkHelper.Manner.SERVE,
                        List.of(),
                        List.of(new NetworkHelper.Request("80:80/tcp", "{}")),
                        List.of("/usr/bin/slirp4netns", "@net@"),
                        Optional.empty())),
                new Op.Session(Long.MAX_VALUE),
                new Op.Session(0),
                new Op.Directory("/skeleton/tmp", 07777),
                new Op.Directory("/x", 0),
                new Op.WriteFile("/files/passwd", 0644, ""),
                new Op.MountServed(0, "/image"),
                new Op.MountLoop(1, "/image", "", Long.MAX_VALUE, 1, "squashfs"),
                new Op.MountDirectory("/sandbox", "/image", "ro,nodev"),
                new Op.MountDirectory("/sandbox", "/image", "nodev,suid"),
                new Op.Overlay("/root", "suid", "userxattr", "", "", List.of("/skeleton", "/image")),
                new Op.Overlay("/root", "", "", "/skeleton", "/work", List.of()),
                new Op.Root("/root"),
                new Op.Bind("/data", "/mnt", ""),
                new Op.BindSession("/files/passwd", "/etc/passwd", "ro,nodev"),
                new Op.Symlink("/devices/fd", "/proc/self/fd"),
                new Op.LockImage(1, 0, Long.MAX_VALUE),
                new Op.BindImage("/image1", "/", "/mnt", "ro,nodev"),
                new Op.NewMount("/dev/shm", "tmpfs", "nodev", List.of("mode=1777")),
                new Op.NewMount("/dev/shm", "tmpfs", "", List.of()),
                new Op.FuseServer("/root", -1, List.of("/usr/bin/fuse-overlayfs")),
                new Op.FuseServer("/image1", 1, List.of("/usr/bin/fuse2fs", "-f")),
                new Op.HostDirectory("/scratch/tmp", 01777),
                new Op.MountProc("/proc"),
                new IsolationOp.Cgroups(List.of("", "", "/sys/fs/cgroup/pids/kerr-", "pids.max", "5")),
                new IsolationOp.Cgroups(List.of("/sys/fs/cgroup/a/kerr-outside-", "memory pids")),
                new IsolationOp.JoinCgroups(List.of("/sys/fs/cgroup/a/kerr-7/cgroup.procs")),
                new Op.Plain(OpCode.CGROUP_ENTER),
                new Op.Preload("/image", List.of("/bin/sh")),
                new Op.Preload("/image", List.of()),
                new Op.ChangeDirectory(List.of("relative", "/")),
                new Op.Become(0, Integer.MAX_VALUE, List.of()),
                new Op.Become(1234, 5, List.of(1, 0)),
                new Op.Privileges(true, 0xef, 0, 1, Long.MIN_VALUE),
                new Op.Privileges(false, 0, -1, -1, 0),
                new Op.Seccomp("060000000000ff7f"),
                new Op.Seccomp("2000000004000000060000000000ff7f", true),
                new Op.Environment(OpCode.ENV_KEEP, List.of()),
                new Op.Environment(OpCode.ENV_DROP, List.of("KERR_*", "_")),
                new Op.Environment(OpCode.ENV_STASH, List.of("_KERR_HOST_", "_KERR_HOST_NAMES")),
                new Op.Environment(OpCode.ENV_SET, List.of("A", "")),
                new Op.Umask(022),
                detach(),
                new IsolationOp.RecordInstance("{", "}", ""),
                new IsolationOp.Join("db", new Joined.FirstProcess(1, -1, "b", Map.of("mnt", -1L, "pid", 1L))),
                RuntimeOp.of(OpCode.LOG, "/log", "json"),
                RuntimeOp.of(OpCode.HOOK, "poststop", "0", "/bin/true", "1", "true", "A=b"),
                RuntimeOp.of(OpCode.CREATE, "one", "", "", "stay", "", "{"),
                RuntimeOp.of(OpCode.CREATE, "one", "/state/one", "/pid", "wait", "/socket", "{", "/sys/fs/cgroup/one"),
                RuntimeOp.of(OpCode.PROCESS, ""),
                RuntimeOp.of(OpCode.RECORD_PROCESS, "{", "}"),
                RuntimeOp.of(OpCode.HOOKS, ""),
                RuntimeOp.of(OpCode.CONSOLE, "80", "25", "0"),
                RuntimeOp.of(OpCode.READY, "0", "sh"),
                RuntimeOp.of(OpCode.ENTER_CONTAINER, "one", "1", "2", "b", "mnt=3"),
                RuntimeOp.of(OpCode.CGROUP_KEEP, "/sys/fs/cgroup/one", "pids.max", "5"),
                RuntimeOp.of(OpCode.PATH_NAMESPACE, "net", "/run/netns/x"),
                RuntimeOp.of(OpCode.PROC_WRITE, "self/oom_score_adj", "5"),
                RuntimeOp.of(OpCode.RLIMIT, "7", "1024", "18446744073709551615", "RLIMIT_NOFILE"),
                RuntimeOp.capabilities(true, -1, 0, 1, Long.MIN_VALUE, 0),
                RuntimeOp.of(OpCode.DOMAINNAME, "example"),
                RuntimeOp.of(OpCode.PERSONALITY, "8"),
                RuntimeOp.of(OpCode.TARGET, "/dev/fd", "link", "/proc/self/fd"),
                RuntimeOp.of(OpCode.ATTRIBUTES, "/", "ro,suid"),
                RuntimeOp.of(OpCode.START, "/state/one", "one", "1", "2", "b", "{"),
                RuntimeOp.of(OpCode.DELETE, "/state/one", "one", "1", "2", "b", "{", "force"),
                new Op.Recorded(OpCode.PRIVILEGES, new Op.Privileges(true, 0, 0, 0, 0).arguments()),
                new Op.Exec(Integer.MAX_VALUE, List.of("/bin/sh", "-c", "")),
                new Op.Exec(0, List.of("true")));
    }

    private static Op detach() {
        var files = new Background.Files("/r", "/o", "/e", "");
        var background = new Background(
                "db", List.of(), files, "", Background.First.INIT, inside -> new Background.Text("", ""));
        return new IsolationOp.Detach(background, "Kerr instance");
    }

    @Test
    void constants_are_those_of_the_header() throws IOException {
        var constants = new HashMap<String, String>();
        CONSTANT.matcher(header()).results().forEach(row -> constants.put(row.group(1), row.group(2)));
        assertThat(constants)
                .containsEntry("MAGIC", '"' + PlanEncoder.MAGIC + '"')
                .containsEntry("VERSION", Integer.toString(PlanEncoder.VERSION))
                .containsEntry("HEADER_SIZE", Integer.toString(PlanEncoder.HEADER_SIZE))
                .containsEntry("OPS_MAX", Integer.toString(PlanEncoder.OPS_MAX))
                .containsEntry("BYTES_MAX", "(1024 * 1024)");
        assertThat(PlanEncoder.BYTES_MAX).isEqualTo(1024 * 1024);
    }

    @Test
    void names_and_numbers_are_those_of_the_header() throws IOException {
        var ours = new TreeMap<String, Integer>();
        for (OpCode code : OpCode.values()) {
            ours.put(code.name(), code.number());
        }
        var theirs = new TreeMap<String, Integer>();
        ROW.matcher(header()).results().forEach(row -> theirs.put(row.group(1), Integer.parseInt(row.group(2))));
        assertThat(ours).isEqualTo(theirs).hasSizeGreaterThan(20);
    }

    private static List<Class<? extends Op>> kinds() {
        return Stream.of(Op.class, IsolationOp.class)
                .flatMap(parent -> Stream.of(parent.getPermittedSubclasses()))
                .filter(Class::isRecord)
                .<Class<? extends Op>>map(kind -> kind.asSubclass(Op.class))
                .toList();
    }

    @Test
    void the_samples_cover_every_kind_of_operation() {
        assertThat(operations()).extracting(Op::getClass).containsAll(kinds());
        var codes = EnumSet.allOf(OpCode.class);
        assertThat(operations()).extracting(Op::code).containsAll(codes);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void arguments_fit_the_signature(Op op) throws IOException {
        String signature = signatures().getOrDefault(op.code().name(), "absent");
        List<String> arguments = op.arguments();
        boolean open = signature.endsWith("*");
        int fixed = open ? signature.length() - 1 : signature.length();
        assertThat(arguments.size()).isGreaterThanOrEqualTo(fixed);
        assertThat(open || arguments.size() == fixed)
                .as("%s has the signature %s", op, signature)
                .isTrue();
        for (int i = 0; i < fixed; i++) {
            assertThat(fits(signature.charAt(i), arguments.get(i)))
                    .as("argument %d of %s is %s", i, op, signature.charAt(i))
                    .isTrue();
        }
    }

    private static boolean fits(char letter, String argument) {
        return switch (letter) {
            case 'p' -> argument.startsWith("/");
            case 'n' ->
                argument.matches("[0-9]{1,20}")
                        && argument.equals(Long.toUnsignedString(Long.parseUnsignedLong(argument)));
            case 'o' -> argument.matches("[0-7]{1,5}") && Integer.parseInt(argument, 8) <= 07777;
            case 'f' -> FLAGS.containsAll(List.of(argument.split(",")));
            case 'm' -> argument.matches("[0-9a-f]{16}");
            case 'x' -> argument.matches("([0-9a-f]{16})+");
            case 's' -> true;
            default -> throw new IllegalArgumentException("no such letter: " + letter);
        };
    }

    private static Map<String, String> signatures() throws IOException {
        var signatures = new HashMap<String, String>();
        ROW.matcher(header()).results().forEach(row -> signatures.put(row.group(1), row.group(3)));
        return signatures;
    }

    private static String header() throws IOException {
        return Files.readString(Path.of("../starter/plan.h"));
    }
}
