package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.container.ContainerSpec.Action;
import dev.kerr.container.ContainerSpec.EnvironmentRules;
import dev.kerr.container.ContainerSpec.HostView;
import dev.kerr.container.ContainerSpec.Identity;
import dev.kerr.container.ContainerSpec.Payload;
import dev.kerr.container.ContainerSpec.Writable;
import dev.kerr.container.Host.Facilities;
import dev.kerr.container.Host.SubIdMapping;
import dev.kerr.gpu.GpuMounts;
import dev.kerr.image.FileIdentity;
import dev.kerr.image.Image;
import dev.kerr.image.MapTree;
import dev.kerr.image.Partition;
import dev.kerr.image.Volume;
import dev.kerr.linux.Account;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Group;
import dev.kerr.linux.SubIds;
import dev.kerr.log.UserException;
import dev.kerr.sif.Architecture;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifHeader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A launch to be planned. As it is made, an ordinary user runs a command in an ordinary SIF image on an ordinary host;
/// each test changes what it is about.
final class Situation {
    static final long CAP_SYS_ADMIN = 1L << 21;
    private static final String SERVER = "/opt/kerr/lib/kerr/squashfs-server";

    /// Of the image.
    final MapTree image = debian();

    /// Of the host.
    final MapTree files = hostFiles();

    Credentials credentials = new Credentials(1000, 1000, List.of(4), 0, true);
    Account account = new Account("ada", 1000, 1000, "Ada", "/home/ada", "/bin/zsh");
    List<Group> groups = List.of(new Group("ada", 1000), new Group("adm", 4));
    String workingDirectory = "/home/ada/project";
    Facilities facilities = new Facilities(
            false,
            SERVER,
            Optional.of("/usr/bin/fuse2fs"),
            Optional.of("/usr/bin/fuse-overlayfs"),
            Optional.empty(),
            "/run/user/1000/kerr-mounts");
    Architecture imageArchitecture = Architecture.AMD64;
    Isolation isolation = Isolation.NONE;
    Optional<Path> sandbox = Optional.empty();

    Payload payload = new Payload(Action.EXEC, 3, List.of());
    Identity identity = Identity.CALLER;
    Writable writable = Writable.NO;
    List<Bind> binds = List.of();
    List<String> leftOut = List.of();
    Optional<ContainerSpec.Home> home = Optional.empty();
    boolean contained;
    List<String> scratch = List.of();
    Optional<String> workDirectory = Optional.empty();
    final List<Overlay> overlays = new ArrayList<>();
    final Map<Bind, Volume> images = new LinkedHashMap<>();
    GpuMounts gpus = GpuMounts.NONE;

    @Nullable
    Recording recording;

    Optional<String> terminal = Optional.empty();
    List<String> mountPoints = List.of();
    Optional<String> directory = Optional.empty();
    boolean clean;
    Optional<EnvironmentRules> environment = Optional.empty();
    final Map<String, String> set = new LinkedHashMap<>();
    Config config = Config.defaults();

    static MapTree debian() {
        return new MapTree()
                .directories("/dev", "/proc", "/sys", "/usr/bin", "/etc", "/home", "/mnt", "/opt", "/srv", "/var/lib")
                .directory("/root", 0700)
                .directory("/tmp", 01777)
                .directory("/var/tmp", 01777)
                .link("/bin", "usr/bin")
                .link("/usr/bin/sh", "dash")
                .file("/usr/bin/dash", "")
                .file("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
                .file("/etc/group", "root:x:0:\nadm:x:4:\n")
                .file("/etc/hosts", "")
                .file("/etc/resolv.conf", "");
    }

    static MapTree hostFiles() {
        return new MapTree()
                .directories("/dev/shm", "/proc", "/sys", "/root", "/opt/tools", "/data/set", "/scratch/ada")
                .directories("/home/ada/project", "/home/ada/sub")
                .directory("/tmp", 01777)
                .directory("/var/tmp", 01777)
                .device("/dev/null")
                .device("/dev/fuse")
                .file("/data/notes", "")
                .file("/etc/hosts", "")
                .file("/etc/localtime", "")
                .file("/etc/resolv.conf", "");
    }

    /// The caller is root of the host, in root's home.
    Situation root() {
        credentials = new Credentials(0, 0, List.of(0), -1, true);
        account = new Account("root", 0, 0, "root", "/root", "/bin/bash");
        groups = List.of(new Group("root", 0));
        workingDirectory = "/root";
        return kernelSquashfs(true);
    }

    Situation kernelSquashfs(boolean there) {
        facilities = new Facilities(
                there,
                facilities.squashfsServer(),
                facilities.fuse2fs(),
                facilities.fuseOverlayfs(),
                facilities.subIds(),
                facilities.keepers());
        return this;
    }

    Situation subIds() {
        var ids = new SubIds(100_000, 65_536);
        var mapping = new SubIdMapping(ids, ids, "/usr/bin/newuidmap", "/usr/bin/newgidmap");
        facilities = new Facilities(
                facilities.kernelSquashfs(),
                facilities.squashfsServer(),
                facilities.fuse2fs(),
                facilities.fuseOverlayfs(),
                Optional.of(mapping),
                facilities.keepers());
        return this;
    }

    /// The image is a directory, made from [#image] when the plan is made.
    Situation sandbox(Path path) {
        sandbox = Optional.of(path);
        return this;
    }

    Situation bind(String list) throws UserException {
        binds = Bind.parse(list, workingDirectory);
        return this;
    }

    /// A directory on a local disk is laid over the image.
    Situation overlay(String path, boolean readOnly) {
        overlays.add(new Overlay(path, readOnly, Optional.empty(), "ext4", new MapTree()));
        return this;
    }

    /// A file with a file system in which a directory `inside` can be seen.
    static Volume volume(Partition.FileSystem type) {
        var identity = new FileIdentity(7, 43, 1_048_576, 1_700_000_000_000_000_000L);
        var partition = new Partition(Path.of("/data/file.img"), identity, 4096, 1_044_480, type);
        return new Volume(partition, new MapTree().directories("/inside"));
    }

    /// The host has a driver for graphics processors, and the launch what it needs of it.
    Situation gpus() {
        files.directories("/opt/driver", "/dev/nvidia-caps", "/etc/vulkan/icd.d")
                .device("/dev/nvidia0");
        files.device("/dev/nvidia-caps/nvidia-cap1")
                .file("/opt/driver/libcuda.so.550.54", "")
                .file("/opt/driver/lib32/libcuda.so.550.54", "")
                .file("/opt/driver/nvidia-smi", "");
        gpus = new GpuMounts(
                List.of(
                        new GpuMounts.File("/opt/driver/nvidia-smi", "/usr/bin/nvidia-smi", true, false),
                        new GpuMounts.File("/etc/vulkan/icd.d", "/etc/vulkan/icd.d", true, false)),
                List.of(
                        new GpuMounts.Library("/opt/driver/libcuda.so.550.54", "libcuda.so.1", true),
                        new GpuMounts.Library("/opt/driver/lib32/libcuda.so.550.54", "libcuda.so.1", false)),
                List.of(
                        new GpuMounts.Device("/dev/nvidia0", "/dev/nvidia0"),
                        new GpuMounts.Device("/dev/nvidia-caps/nvidia-cap1", "/dev/nvidia-caps/nvidia-cap1")),
                List.of(new GpuMounts.Symlink("/usr/lib/libcuda.so", "libcuda.so.1")),
                Map.of("NVIDIA_VISIBLE_DEVICES", "void"),
                List.of("/usr/lib/driver"),
                List.of("libother.so (/opt/libother.so) is left out"));
        return this;
    }

    /// A step of a build as the build makes it.
    Situation step(String... command) {
        payload = new Payload(Action.STEP, 0, List.of(command));
        identity = Identity.FAKEROOT;
        writable = Writable.YES;
        leftOut = List.of("home", "cwd");
        clean = true;
        set.put("PATH", "/usr/bin:/bin");
        return this;
    }

    Host host() {
        return new Host(
                credentials,
                account,
                groups,
                workingDirectory,
                Architecture.AMD64,
                facilities,
                terminal,
                mountPoints,
                files);
    }

    ContainerSpec spec() {
        return new ContainerSpec(
                payload,
                identity,
                writable,
                new HostView(binds, home, contained, leftOut, scratch, workDirectory, directory),
                environment.orElse(new EnvironmentRules(clean, set)),
                isolation);
    }

    private Attachments attachments() {
        return new Attachments(overlays, images, gpus, Map.of(), Optional.ofNullable(recording));
    }

    Plan plan() throws UserException, IOException {
        if (sandbox.isPresent()) {
            image.writeTo(sandbox.get());
            return Planner.plan(spec(), new Image.Sandbox(sandbox.get()), attachments(), host(), config);
        }
        try (var opened = sif()) {
            return Planner.plan(spec(), opened, attachments(), host(), config);
        }
    }

    /// The plan as `--dry-run` shows it and its warnings, made the same wherever the tests run.
    String text() throws UserException, IOException {
        return text(plan());
    }

    String text(Plan plan) {
        var text = new StringBuilder(plan.text());
        for (String warning : plan.warnings()) {
            text.append("WARNING: ").append(warning).append('\n');
        }
        String shown = sandbox.isEmpty() ? text.toString() : text.toString().replace(sandbox.get() + "", "/sandbox");
        return shown.replaceAll("<\\d+ characters>", "<long text>");
    }

    private Image sif() throws IOException {
        var table = new SifHeader.Table(0, 0, 0, 0);
        var header = new SifHeader(
                "", imageArchitecture, SifHeader.NO_ID, SifHeader.NO_TIME, SifHeader.NO_TIME, table, 0, 0);
        return new Image.Squashfs(
                Path.of("/images/debian.sif"),
                new FileIdentity(7, 42, 1_085_440, 1_700_000_000_000_000_000L),
                36_864,
                1_048_576,
                Optional.of(new Sif(header, List.of())),
                image,
                FileChannel.open(Path.of("/dev/null")));
    }
}
