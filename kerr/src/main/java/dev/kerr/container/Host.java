package dev.kerr.container;

import dev.kerr.config.Config;
import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import dev.kerr.image.DirectoryTree;
import dev.kerr.image.FileTree;
import dev.kerr.linux.Account;
import dev.kerr.linux.Accounts;
import dev.kerr.linux.Credentials;
import dev.kerr.linux.Group;
import dev.kerr.linux.Inputs;
import dev.kerr.linux.MountTable;
import dev.kerr.linux.SubIds;
import dev.kerr.sif.Architecture;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The facts of the host that a plan depends on, as data.
///
/// @param groups the caller's groups that have names: the primary one first
/// @param workingDirectory as the caller's shell names it
/// @param terminal the device that standard input is, if it is a terminal
/// @param mountPoints where file systems are mounted, if the site shows them all
/// @param files the host's files
public record Host(
        Credentials credentials,
        Account account,
        List<Group> groups,
        String workingDirectory,
        Architecture architecture,
        Facilities facilities,
        Optional<String> terminal,
        List<String> mountPoints,
        FileTree files) {
    /// What says who the caller is, and with which ids.
    private static final List<String> ACCOUNT_FILES =
            List.of("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/subuid", "/etc/subgid");

    public Host {
        Objects.requireNonNull(credentials);
        Objects.requireNonNull(account);
        groups = List.copyOf(groups);
        Objects.requireNonNull(workingDirectory);
        Objects.requireNonNull(architecture);
        Objects.requireNonNull(facilities);
        Objects.requireNonNull(terminal);
        mountPoints = List.copyOf(mountPoints);
        Objects.requireNonNull(files);
    }

    /// What the host can do.
    ///
    /// @param kernelSquashfs whether the kernel mounts SquashFS from a loop device
    /// @param squashfsServer the file system server of images, which is ours
    /// @param fuse2fs the file system server of ext3 images
    /// @param fuseOverlayfs the one that lays file systems together where the kernel will not
    /// @param subIds the caller's sub-ids and the programs that map them
    /// @param keepers the directory, perhaps yet to be made, of those who keep images mounted for the caller's launches
    public record Facilities(
            boolean kernelSquashfs,
            String squashfsServer,
            Optional<String> fuse2fs,
            Optional<String> fuseOverlayfs,
            Optional<SubIdMapping> subIds,
            String keepers) {
        Facilities withoutKernelSquashfs() {
            return new Facilities(false, squashfsServer, fuse2fs, fuseOverlayfs, subIds, keepers);
        }
    }

    /// The same host for a root who is to have no privilege on it.
    public Host inUserNamespace() {
        var plain = new Credentials(
                credentials.uid(), credentials.gid(), credentials.groups(), credentials.capabilities(), false);
        return new Host(
                plain,
                account,
                groups,
                workingDirectory,
                architecture,
                facilities.withoutKernelSquashfs(),
                terminal,
                mountPoints,
                files);
    }

    /// The caller's ranges, and newuidmap(1) and newgidmap(1).
    public record SubIdMapping(SubIds users, SubIds groups, String uidProgram, String gidProgram) {}

    /// Looks at the host: the one impure step of planning.
    public static Host probe(Config config, Variables variables, Directories directories) throws IOException {
        return probe(config, variables, directories, new Inputs());
    }

    /// @param inputs is told which files were looked at
    public static Host probe(Config config, Variables variables, Directories directories, Inputs inputs)
            throws IOException {
        for (String file : ACCOUNT_FILES) {
            inputs.content(Path.of(file));
        }
        var credentials = Credentials.current();
        var account = caller(credentials, variables);
        return new Host(
                credentials,
                account,
                groups(credentials),
                workingDirectory(variables, inputs),
                Architecture.ofJavaName(System.getProperty("os.arch", "")),
                facilities(config, credentials, account, variables, directories, inputs),
                inputTerminal(),
                config.mounts().hostfs() ? allMountPoints() : List.of(),
                new WatchedTree(new DirectoryTree(Path.of("/")), "", inputs));
    }

    /// The caller's account.
    public static Account caller(Credentials credentials, Variables variables) {
        return Accounts.user(credentials.uid()).orElseGet(() -> unknown(credentials, variables));
    }

    /// A user whom no database knows, as in some clouds: HOME is the best word on the home there is.
    private static Account unknown(Credentials credentials, Variables variables) {
        return new Account(
                variables.value("USER").orElse("user" + credentials.uid()),
                credentials.uid(),
                credentials.gid(),
                "",
                variables.value("HOME").orElse("/"),
                "/bin/sh");
    }

    private static List<Group> groups(Credentials credentials) {
        var groups = new ArrayList<Group>();
        Accounts.group(credentials.gid()).ifPresent(groups::add);
        for (int gid : credentials.groups()) {
            if (gid != credentials.gid()) {
                Accounts.group(gid).ifPresent(groups::add);
            }
        }
        return groups;
    }

    /// `$PWD` if it names the working directory, for it keeps the links that the user went through.
    private static String workingDirectory(Variables variables, Inputs inputs) throws IOException {
        Path physical = Path.of("").toAbsolutePath();
        var logical = variables.value("PWD");
        if (logical.isPresent() && logical.get().startsWith("/")) {
            Path path = Path.of(logical.get());
            inputs.place(path);
            if (path.normalize().equals(path) && Files.exists(path) && Files.isSameFile(path, physical)) {
                return path.toString();
            }
        }
        return physical.toString();
    }

    private static List<String> allMountPoints() throws IOException {
        var targets = new ArrayList<String>();
        for (var mount : MountTable.current().entries()) {
            targets.add(mount.target());
        }
        return targets;
    }

    private static Optional<String> inputTerminal() {
        try {
            String input = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
            boolean terminal = input.startsWith("/dev/pts/") || input.startsWith("/dev/tty");
            return terminal ? Optional.of(input) : Optional.empty();
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    private static Facilities facilities(
            Config config,
            Credentials credentials,
            Account account,
            Variables variables,
            Directories directories,
            Inputs inputs)
            throws IOException {
        boolean kernelSquashfs = config.kernel().squashfs()
                && credentials.mayMount()
                && Files.exists(Path.of("/dev/loop-control"))
                && new String(Files.readAllBytes(Path.of("/proc/filesystems")), StandardCharsets.UTF_8)
                        .contains("\tsquashfs\n");
        return new Facilities(
                kernelSquashfs,
                directories.squashfsServer().toString(),
                program(config, "fuse2fs", inputs),
                program(config, "fuse-overlayfs", inputs),
                subIds(config, account, inputs),
                keepers(variables, credentials, inputs));
    }

    /// A directory in memory: what is in it is of this node, and of no use after its next start.
    public static String keepers(Variables variables, Credentials credentials, Inputs inputs) {
        var runtime = variables.value("XDG_RUNTIME_DIR");
        if (runtime.isPresent() && runtime.get().startsWith("/")) {
            inputs.place(Path.of(runtime.get()));
            if (new File(runtime.get()).isDirectory()) {
                return runtime.get() + "/kerr-mounts";
            }
        }
        return "/dev/shm/kerr-mounts-" + credentials.uid();
    }

    private static Optional<SubIdMapping> subIds(Config config, Account account, Inputs inputs) {
        var users = SubIds.of(Path.of("/etc/subuid"), account.name(), account.uid());
        var groups = SubIds.of(Path.of("/etc/subgid"), account.name(), account.uid());
        var uidProgram = program(config, "newuidmap", inputs);
        var gidProgram = program(config, "newgidmap", inputs);
        if (users.isEmpty() || groups.isEmpty() || uidProgram.isEmpty() || gidProgram.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SubIdMapping(users.get(), groups.get(), uidProgram.get(), gidProgram.get()));
    }

    /// Finds a helper program in the configured directories.
    public static Optional<String> program(Config config, String name) {
        return program(config, name, new Inputs());
    }

    private static Optional<String> program(Config config, String name, Inputs inputs) {
        for (String directory : config.programs()) {
            var file = new File(directory, name); // Files.isExecutable makes an exception of every "no": 0.4 ms each
            inputs.content(file.toPath());
            if (file.canExecute()) {
                return Optional.of(file.getPath());
            }
        }
        return Optional.empty();
    }
}
