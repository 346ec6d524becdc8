package dev.kerr.cli;

import dev.kerr.linux.Credentials;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.NewObject;
import dev.kerr.sif.NewSif;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.SifWriter;
import dev.kerr.sif.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Writes the small images that [Training] works on. A program of its own, because what a training run itself uses
/// would lie in the cache.
public final class TrainingImages {
    static final String GZIP = "training-gzip.sqfs";
    static final String SIF = "training.sif";
    static final String SANDBOX = "sandbox";
    static final String SUB_IDS = "subuid";
    static final String BUNDLE = "bundle";
    static final String INSTANCES = "instances";

    /// Of a process that is none of an instance, with a text as long as a filter of system calls.
    private static final String INSTANCE = """
            {"version": 1, "name": "trained", "user": "trainee", "image": "/image.sif", "logOutPath": "/out",
             "logErrPath": "/err", "home": "/home/trainee", "binds": "/mnt", "cgroup": "",
             "entry": [["PRIVILEGES"], ["SECCOMP", "%s"]], "pid": 1, "ppid": 1, "startTime": 0, "bootId": "none",
             "namespaces": {"mnt": 1, "pid": 1}}
            """;

    private static final int FILTER_DIGITS = 16_000;

    /// What programs that call runtimes ask for, in short.
    private static final String CONFIG = """
            {
              "ociVersion": "1.0.2",
              "process": {
                "user": {"uid": 0, "gid": 0, "umask": 18}, "args": ["/bin/sh"], "env": ["PATH=/bin", "TERM=xterm"],
                "cwd": "/", "noNewPrivileges": true, "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 64}],
                "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]}
              },
              "root": {"path": "rootfs"}, "hostname": "training", "annotations": {"of": "training"},
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "size=65536k"]},
                {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "noexec"]},
                {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "ro"]},
                {"destination": "/mnt", "type": "none", "source": "/etc", "options": ["rbind", "ro"]}
              ],
              "linux": {
                "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "user"}],
                "uidMappings": [{"containerID": 0, "hostID": UID, "size": 1}],
                "gidMappings": [{"containerID": 0, "hostID": GID, "size": 1}],
                "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"],
                "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
                  {"names": ["read", "write", "exit", "execve"], "action": "SCMP_ACT_ALLOW"},
                  {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
                   "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}]}
              }
            }
            """;

    private static final String ZSTD = "training-zstd.sqfs";

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private TrainingImages() {}

    /// Writes them into a new directory, the only argument.
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        for (String name : List.of(ZSTD, GZIP)) {
            try (var in = Objects.requireNonNull(TrainingImages.class.getResourceAsStream(name), name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        writeSif(directory.resolve(SIF), directory.resolve(ZSTD));
        Files.createDirectories(directory.resolve(SANDBOX).resolve("bin"));
        Files.createFile(directory.resolve(SANDBOX).resolve("bin/sh"));
        Files.writeString(directory.resolve(SANDBOX).resolve("bin/small"), "small");
        Files.writeString(directory.resolve(SANDBOX).resolve("bin/large"), "a few blocks\n".repeat(1 << 16));
        Path bundle = directory.resolve(BUNDLE);
        Files.createDirectories(bundle.resolve("rootfs"));
        var caller = Credentials.current();
        String config = CONFIG.replace("UID", Long.toString(caller.uid())).replace("GID", Long.toString(caller.gid()));
        Files.writeString(bundle.resolve("config.json"), config);
        Path records = Files.createDirectories(
                directory.resolve(INSTANCES).resolve("host").resolve("trainee"));
        Files.writeString(records.resolve("trained.json"), INSTANCE.formatted("0".repeat(FILTER_DIGITS)));
        Files.writeString(directory.resolve(SUB_IDS), "trainee:100000:65536\n");
    }

    private static void writeSif(Path file, Path squashfs) throws IOException {
        var extra = new Extra.Partition(
                FsType.SQUASHFS,
                PartitionType.PRIMARY_SYSTEM,
                Architecture.ofJavaName(System.getProperty("os.arch", "")));
        var partition = NewObject.partition(extra, new ObjectContent.File(squashfs));
        SifWriter.write(file, NewSif.runnable(Stamp.reproducible(Instant.EPOCH), List.of(partition)), OWNER);
    }
}
