package dev.kerr.cli;

import static dev.kerr.cli.Option.Kind.FLAG;
import static dev.kerr.cli.Option.Kind.LIST;
import static dev.kerr.cli.Option.Kind.REPEATED;
import static dev.kerr.cli.Option.Kind.VALUE;
import static dev.kerr.cli.Option.State.AVAILABLE;
import static dev.kerr.cli.Option.State.HIDDEN;
import static dev.kerr.cli.Option.State.NOT_YET;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The option table: one row an option. The parser, help, manual pages and completions are made from it.
final class Options {
    /// What waits for its payload.
    private static final Commands ACTION = Commands.of(Command.EXEC, Command.RUN, Command.SHELL, Command.TEST);

    private static final Commands BACKGROUND = Commands.of(Command.INSTANCE_START, Command.INSTANCE_RUN);
    private static final Commands LAUNCH = ACTION.and(BACKGROUND);
    private static final Commands INSTANCE = Commands.of(Command.INSTANCE);
    private static final Commands OCI = Commands.of(Command.OCI);
    private static final Commands SHELL = Commands.of(Command.SHELL);
    private static final Commands BUILD = Commands.of(Command.BUILD);
    private static final Commands INSPECT = Commands.of(Command.INSPECT);
    private static final Commands SIF = Commands.of(Command.SIF);
    private static final Commands OVERLAY = Commands.of(Command.OVERLAY);
    private static final Commands CAPABILITY = Commands.of(Command.CAPABILITY);
    private static final Commands CONFIG = Commands.of(Command.CONFIG);
    private static final Commands PULL = Commands.of(Command.PULL);
    private static final Commands PUSH = Commands.of(Command.PUSH);
    private static final Commands REGISTRY = Commands.of(Command.REGISTRY);
    private static final Commands CACHE = Commands.of(Command.CACHE);
    private static final Commands MOUNT = Commands.of(Command.MOUNT);
    private static final Commands REMOTE = Commands.of(Command.REMOTE);
    private static final Commands KEYSERVER = Commands.of(Command.KEYSERVER);
    private static final Commands FETCH = PULL.and(BUILD);
    private static final Commands PACK = FETCH.and(OVERLAY).and(Commands.of(Command.DATA));
    private static final Commands LAUNCH_AND_BUILD = LAUNCH.and(BUILD);
    private static final Commands ALL = Commands.all();

    /// Options that stand before the command.
    private static final List<Option> GLOBAL = List.of(
            row("config", 'c', VALUE, "FILE", "CONFIG_FILE", "use another configuration file", ALL, AVAILABLE),
            row("debug", 'd', FLAG, "", "DEBUG", "say most", ALL, AVAILABLE),
            row("nocolor", ' ', FLAG, "", "NOCOLOR", "do not colour messages", ALL, AVAILABLE),
            row("quiet", 'q', FLAG, "", "QUIET", "say only warnings and errors", ALL, AVAILABLE),
            row("silent", 's', FLAG, "", "SILENT", "say only errors", ALL, AVAILABLE),
            row("verbose", 'v', FLAG, "", "VERBOSE", "say more", ALL, AVAILABLE),
            row("version", ' ', FLAG, "", "", "show the version", ALL, AVAILABLE),
            help());

    /// Options that limit a launch: name, metavar, variable, help.
    static final String[][] LIMITS = {
        {"apply-cgroups", "FILE", "APPLY_CGROUPS", "limits from a TOML file"},
        {"blkio-weight", "N", "BLKIO_WEIGHT", "weight for disks, 10 to 1000"},
        {"blkio-weight-device", "DEV:N", "BLKIO_WEIGHT_DEVICE", "the same for a device"},
        {"cpu-shares", "N", "CPU_SHARES", "weight for processors, 2 to 262144 (1024)"},
        {"cpus", "N", "CPUS", "so many processors at most, such as 1.5"},
        {"cpuset-cpus", "LIST", "CPUSET_CPUS", "these processors, such as 0-3,7"},
        {"cpuset-mems", "LIST", "CPUSET_MEMS", "these memory nodes"},
        {"memory", "SIZE", "MEMORY", "so much memory at most, such as 2g"},
        {"memory-reservation", "SIZE", "MEMORY_RESERVATION", "what is left when memory is short"},
        {"memory-swap", "SIZE", "MEMORY_SWAP", "memory and swap together; -1 for all swap"},
        {"oom-kill-disable", "", "OOM_KILL_DISABLE", "wait for memory, do not be killed"},
        {"pids-limit", "N", "PIDS_LIMIT", "so many processes and threads at most"},
    };

    private static final List<Option> TABLE = table();

    private Options() {}

    static List<Option> global() {
        return GLOBAL;
    }

    /// The options of a command, in the table's order.
    static List<Option> of(Command command) {
        var options = new ArrayList<Option>();
        for (Option option : TABLE) {
            if (option.commands().contains(command)) {
                options.add(option);
            }
        }
        return options;
    }

    static List<Option> all() {
        return TABLE;
    }

    static Optional<Option> named(List<Option> options, String name) {
        for (Option option : options) {
            if (option.name().equals(name)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /// @param verb the word behind the command, where letters differ by it; empty if it is not known
    static Optional<Option> lettered(List<Option> options, char letter, String verb) {
        for (Option option : options) {
            boolean fits =
                    verb.isEmpty() || option.verbs().isEmpty() || option.verbs().contains(verb);
            if (option.letter() == letter && letter != ' ' && fits) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private static Option help() {
        return row("help", 'h', FLAG, "", "", "show help", ALL, AVAILABLE);
    }

    static Option row(
            String name,
            char letter,
            Option.Kind kind,
            String metavar,
            String variables,
            String help,
            Commands commands,
            Option.State state) {
        List<String> names = variables.isEmpty() ? List.of() : List.of(variables.split(","));
        return new Option(name, letter, kind, metavar, names, help, commands, state, List.of());
    }

    private static List<Option> table() {
        var rows = new ArrayList<Option>();
        rows.add(help());
        files(rows);
        isolation(rows);
        environment(rows);
        devices(rows);
        limits(rows);
        instances(rows);
        rows.addAll(OciOptions.rows(OCI));
        sources(rows);
        build(rows);
        inspect(rows);
        sif(rows);
        overlay(rows);
        config(rows);
        return List.copyOf(rows);
    }

    private static void files(List<Option> t) {
        t.add(row("bind", 'B', LIST, "SRC[:DST[:ro]]", "", "bind a path of the host", LAUNCH_AND_BUILD, AVAILABLE));
        t.add(row("mount", ' ', REPEATED, "SPEC", "MOUNT", "bind, in long form", LAUNCH_AND_BUILD, AVAILABLE));
        t.add(row("data", ' ', LIST, "FILE:DST", "", "mount a data container", LAUNCH, AVAILABLE));
        t.add(row("home", 'H', VALUE, "SRC[:DST]", "HOME", "another home directory", LAUNCH, AVAILABLE));
        t.add(row("no-home", ' ', FLAG, "", "NO_HOME", "do not bind the home directory", LAUNCH, AVAILABLE));
        t.add(row("no-mount", ' ', LIST, "NAMES", "NO_MOUNT", "leave default mounts out", LAUNCH, AVAILABLE));
        t.add(row("scratch", 'S', LIST, "DIR", "SCRATCH,SCRATCHDIR", "an empty directory", LAUNCH, AVAILABLE));
        t.add(row("workdir", 'W', VALUE, "DIR", "WORKDIR", "where --contain keeps files", LAUNCH, AVAILABLE));
        t.add(row("overlay", 'o', LIST, "PATH[:ro]", "OVERLAY,OVERLAYIMAGE", "lay over the image", LAUNCH, AVAILABLE));
        t.add(row("writable", 'w', FLAG, "", "WRITABLE", "write into a sandbox", LAUNCH, AVAILABLE));
        t.add(row(
                "writable-tmpfs",
                ' ',
                FLAG,
                "",
                "WRITABLE_TMPFS",
                "changes that are lost at the end",
                LAUNCH,
                AVAILABLE));
        t.add(row(
                "writable-tmpfs-size",
                ' ',
                VALUE,
                "SIZE",
                "WRITABLE_TMPFS_SIZE",
                "room for these changes: MiB, or 2G",
                LAUNCH,
                AVAILABLE));
        t.add(row(
                "shared-mount-linger",
                ' ',
                VALUE,
                "SECONDS",
                "SHARED_MOUNT_LINGER",
                "how long the image stays mounted for the next launch; 0: none shares it",
                LAUNCH,
                AVAILABLE));
        t.add(row("fusemount", ' ', LIST, "SPEC", "FUSESPEC", "mount a FUSE file system", LAUNCH, NOT_YET));
        t.add(row("cwd", ' ', VALUE, "DIR", "CWD,TARGET_CWD", "where to start in the container", ACTION, AVAILABLE));
        t.add(row("pwd", ' ', VALUE, "DIR", "PWD,TARGET_PWD", "the same as --cwd", ACTION, HIDDEN));
        t.add(row("containlibs", ' ', LIST, "LIBS", "CONTAINLIBS", "bind host libraries", LAUNCH, NOT_YET));
        t.add(row("underlay", ' ', FLAG, "", "UNDERLAY", "use no overlay", LAUNCH, NOT_YET));
        t.add(row("unsquash", ' ', FLAG, "", "UNSQUASH", "unpack the image first", LAUNCH, NOT_YET));
        t.add(row("dry-run", ' ', FLAG, "", "", "print the launch plan and launch nothing", LAUNCH, AVAILABLE));
        t.add(row("replan", ' ', FLAG, "", "REPLAN", "use no stored plan, and store none", ACTION, AVAILABLE));
    }

    private static void isolation(List<Option> t) {
        t.add(row("contain", 'c', FLAG, "", "CONTAIN", "empty /dev, home and /tmp", LAUNCH, AVAILABLE));
        t.add(row("containall", 'C', FLAG, "", "CONTAINALL", "contain, and own namespaces", LAUNCH, AVAILABLE));
        t.add(row("compat", ' ', FLAG, "", "COMPAT", "behave more like Docker", LAUNCH, AVAILABLE));
        t.add(row("pid", 'p', FLAG, "", "PID,UNSHARE_PID", "own PID namespace", ACTION, AVAILABLE));
        t.add(row("no-pid", ' ', FLAG, "", "NO_PID", "no PID namespace of its own", ACTION, AVAILABLE));
        t.add(row("ipc", 'i', FLAG, "", "IPC,UNSHARE_IPC", "own IPC namespace", LAUNCH, AVAILABLE));
        t.add(row("uts", ' ', FLAG, "", "UTS,UNSHARE_UTS", "own UTS namespace", LAUNCH, AVAILABLE));
        t.add(row("userns", 'u', FLAG, "", "USERNS,UNSHARE_USERNS", "run in a user namespace", LAUNCH, AVAILABLE));
        t.add(row("net", 'n', FLAG, "", "NET,UNSHARE_NET", "own network namespace", LAUNCH, AVAILABLE));
        t.add(row("network", ' ', LIST, "NAMES", "NETWORK", "pasta, none, bridge, …", LAUNCH, AVAILABLE));
        t.add(row("network-args", ' ', LIST, "ARGS", "NETWORK_ARGS", "portmap=8080:80/tcp, …", LAUNCH, AVAILABLE));
        t.add(row("netns-path", ' ', VALUE, "PATH", "NETNS_PATH", "join a network namespace", LAUNCH, AVAILABLE));
        t.add(row("dns", ' ', LIST, "SERVERS", "DNS", "name servers, by address", LAUNCH, AVAILABLE));
        t.add(row("hostname", ' ', VALUE, "NAME", "HOSTNAME", "host name in the container", LAUNCH, AVAILABLE));
        t.add(row("fakeroot", 'f', FLAG, "", "FAKEROOT", "be root in the container", LAUNCH_AND_BUILD, AVAILABLE));
        t.add(row("no-setgroups", ' ', FLAG, "", "NO_SETGROUPS", "keep supplementary groups", LAUNCH, AVAILABLE));
        for (String[] way : new String[][] {
            {"ignore-subuid", "IGNORE_SUBUID"},
            {"ignore-fakeroot-command", "IGNORE_FAKEROOT_COMMAND"},
            {"ignore-userns", "IGNORE_USERNS"}
        }) {
            t.add(row(way[0], ' ', FLAG, "", way[1], "leave out a way of --fakeroot", LAUNCH_AND_BUILD, HIDDEN));
        }
        t.add(row("sharens", ' ', FLAG, "", "SHARENS", "share namespaces with siblings", ACTION, NOT_YET));
        t.add(row("add-caps", ' ', LIST, "CAPS", "ADD_CAPS", "add capabilities", LAUNCH, AVAILABLE));
        t.add(row("drop-caps", ' ', LIST, "CAPS", "DROP_CAPS", "drop capabilities", LAUNCH, AVAILABLE));
        t.add(row("keep-privs", ' ', FLAG, "", "KEEP_PRIVS", "root keeps capabilities", LAUNCH, AVAILABLE));
        t.add(row("no-privs", ' ', FLAG, "", "NO_PRIVS", "root drops capabilities", LAUNCH, AVAILABLE));
        t.add(row("allow-setuid", ' ', FLAG, "", "ALLOW_SETUID", "setuid programs work", LAUNCH, AVAILABLE));
        t.add(row("security", ' ', LIST, "RULES", "SECURITY", "seccomp:FILE, uid:N, gid:N", LAUNCH, AVAILABLE));
        t.add(row("no-init", ' ', FLAG, "", "NOSHIMINIT", "no init process", LAUNCH, AVAILABLE));
        t.add(row("no-umask", ' ', FLAG, "", "NO_UMASK", "umask 0022 in the container", LAUNCH, AVAILABLE));
    }

    private static void environment(List<Option> t) {
        t.add(row("cleanenv", 'e', FLAG, "", "CLEANENV", "leave the environment outside", LAUNCH, AVAILABLE));
        t.add(row("env", ' ', LIST, "NAME=VALUE", "", "set a variable", LAUNCH, AVAILABLE));
        t.add(row("env-file", ' ', LIST, "FILE", "ENV_FILE", "set variables from a file", LAUNCH, AVAILABLE));
        t.add(row("no-env", ' ', LIST, "NAMES", "NOENV", "leave variables outside", LAUNCH, AVAILABLE));
        t.add(row("no-eval", ' ', FLAG, "", "NO_EVAL", "take values literally", LAUNCH, AVAILABLE));
        t.add(row("app", ' ', VALUE, "NAME", "APP,APPNAME", "a SCIF application", LAUNCH, AVAILABLE));
        t.add(row("shell", 's', VALUE, "PATH", "SHELL", "another shell program", SHELL, AVAILABLE));
        t.add(row("runscript-timeout", ' ', VALUE, "TIME", "RUNSCRIPT_TIMEOUT", "limit of scripts", LAUNCH, NOT_YET));
        t.add(row("passphrase", ' ', FLAG, "", "", "ask for a passphrase", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("pem-path", ' ', VALUE, "FILE", "", "key of an encrypted image", LAUNCH_AND_BUILD, NOT_YET));
    }

    private static void devices(List<Option> t) {
        t.add(row("nv", ' ', FLAG, "", "NV", "NVIDIA GPUs", LAUNCH, AVAILABLE));
        t.add(row("no-nv", ' ', FLAG, "", "NV_OFF,NO_NV", "no NVIDIA GPUs", LAUNCH, AVAILABLE));
        t.add(row("nvccli", ' ', FLAG, "", "NVCCLI", "NVIDIA's own set-up", LAUNCH, AVAILABLE));
        t.add(row("rocm", ' ', FLAG, "", "ROCM", "AMD GPUs", LAUNCH, AVAILABLE));
        t.add(row("no-rocm", ' ', FLAG, "", "ROCM_OFF,NO_ROCM", "no AMD GPUs", LAUNCH, AVAILABLE));
        t.add(row("device", ' ', LIST, "NAMES", "", "CDI devices", LAUNCH, AVAILABLE));
        t.add(row("cdi-dirs", ' ', LIST, "DIRS", "", "where CDI files are", LAUNCH, AVAILABLE));
        for (String[] row : new String[][] {
            {"nv", "NV", "NVIDIA GPUs"}, {"nvccli", "NVCCLI", "NVIDIA's own set-up"}, {"rocm", "ROCM", "AMD GPUs"}
        }) {
            t.add(row(row[0], ' ', FLAG, "", row[1], row[2] + ", in %post and %test", BUILD, AVAILABLE));
        }
        t.add(row("compat32", ' ', FLAG, "", "COMPAT32", "libraries of 32 bits too", LAUNCH, AVAILABLE));
    }

    private static void limits(List<Option> t) {
        for (String[] row : LIMITS) {
            Option.Kind kind = row[1].isEmpty() ? FLAG : row[1].equals("DEV:N") ? LIST : VALUE;
            t.add(row(row[0], ' ', kind, row[1], row[2], row[3], LAUNCH, AVAILABLE));
        }
    }

    private static void instances(List<Option> t) {
        t.add(row("boot", ' ', FLAG, "", "BOOT", "root: start /sbin/init of the image", BACKGROUND, AVAILABLE));
        t.add(row("pid-file", ' ', VALUE, "FILE", "PID_FILE", "write its process number to", BACKGROUND, AVAILABLE));
        t.add(row(INSTANCE, "list,stats", "json", 'j', FLAG, "", "JSON", "as JSON"));
        t.add(row(INSTANCE, "list", "logs", 'l', FLAG, "", "LOGS", "the files that hold their output"));
        t.add(row(INSTANCE, "list,stop", "all", 'a', FLAG, "", "ALL", "all of them"));
        t.add(row(INSTANCE, "list,stats,stop", "user", 'u', VALUE, "NAME", "USER", "root: of this user"));
        t.add(row(INSTANCE, "stats", "no-stream", ' ', FLAG, "", "NO_STREAM", "once, not again and again"));
        t.add(row(INSTANCE, "stop", "force", 'F', FLAG, "", "FORCE", "end them at once, by SIGKILL"));
        t.add(row(INSTANCE, "stop", "signal", 's', VALUE, "SIGNAL", "SIGNAL", "another than SIGINT"));
        t.add(row(INSTANCE, "stop", "timeout", 't', VALUE, "SECONDS", "TIMEOUT", "before SIGKILL (10)"));
    }

    private static void sources(List<Option> t) {
        t.add(row("oci", ' ', FLAG, "", "OCI", "run an image as Docker would", LAUNCH, AVAILABLE));
        t.add(row("docker", ' ', FLAG, "", "DOCKER", "the same as --oci", LAUNCH, AVAILABLE));
        t.add(row("no-oci", ' ', FLAG, "", "NO_OCI", "do not, whatever KERR_OCI says", LAUNCH, AVAILABLE));
        t.add(row("no-compat", ' ', FLAG, "", "NO_COMPAT", "--oci, but with the host in reach", LAUNCH, AVAILABLE));
        t.add(row("oci", ' ', FLAG, "", "OCI", "make an OCI-SIF", FETCH, AVAILABLE));
        t.add(row("no-oci", ' ', FLAG, "", "NO_OCI", "do not, whatever KERR_OCI says", FETCH, AVAILABLE));
        t.add(row("keep-layers", ' ', FLAG, "", "KEEP_LAYERS", "do not merge those of an OCI-SIF", FETCH, AVAILABLE));
        exports(t);
        t.add(row("disable-cache", ' ', FLAG, "", "DISABLE_CACHE", "keep nothing", LAUNCH.and(FETCH), AVAILABLE));
        Commands registries = LAUNCH.and(FETCH).and(PUSH).and(REGISTRY).and(REMOTE);
        t.add(row("authfile", ' ', VALUE, "FILE", "AUTHFILE,AUTH_FILE", "file of logins", registries, AVAILABLE));
        t.add(row("no-https", ' ', FLAG, "", "NOHTTPS,NO_HTTPS", "do without TLS", registries, AVAILABLE));
        Commands logins = LAUNCH.and(FETCH).and(PUSH);
        t.add(row("docker-username", ' ', VALUE, "NAME", "DOCKER_USERNAME", "to log in with", logins, AVAILABLE));
        t.add(row("docker-password", ' ', VALUE, "TEXT", "DOCKER_PASSWORD", "to log in with", logins, AVAILABLE));
        t.add(row("docker-login", ' ', FLAG, "", "DOCKER_LOGIN", "ask for a login", logins, AVAILABLE));
        t.add(row("docker-host", ' ', VALUE, "URL", "DOCKER_HOST", "Docker's daemon", LAUNCH.and(FETCH), AVAILABLE));
        t.add(row("arch", ' ', VALUE, "NAME", "PULL_ARCH,ARCH", "for another architecture", PULL, AVAILABLE));
        t.add(row("arch-variant", ' ', VALUE, "NAME", "PULL_ARCH_VARIANT", "as v7", PULL, AVAILABLE));
        t.add(row("platform", ' ', VALUE, "OS/ARCH", "PLATFORM", "as linux/arm/v7", PULL, AVAILABLE));
        t.add(row("dir", ' ', VALUE, "DIR", "PULLDIR,PULLFOLDER", "where the file goes", PULL, AVAILABLE));
        t.add(row("name", ' ', VALUE, "FILE", "PULL_NAME", "the file's name", PULL, HIDDEN));
        t.add(row("to-cache", ' ', FLAG, "", "", "print the file for a launch", PULL, HIDDEN));
        t.add(row("force", 'F', FLAG, "", "FORCE", "replace an existing file", PULL, AVAILABLE));
        t.add(row("allow-unsigned", 'U', FLAG, "", "ALLOW_UNSIGNED", "it may be unsigned", PULL, HIDDEN));
        t.add(row("allow-unsigned", 'U', FLAG, "", "ALLOW_UNSIGNED", "push what is unsigned", PUSH, AVAILABLE));
        t.add(row("library", ' ', VALUE, "URL", "LIBRARY", "the library to use", FETCH.and(PUSH), AVAILABLE));
        t.add(row("description", 'D', VALUE, "TEXT", "", "what a library says of it", PUSH, AVAILABLE));
        logins(t);
        t.add(row(
                "type",
                'T',
                LIST,
                "NAMES",
                "",
                "blob, oci-tmp, oras, library, shub, net, step, mount, plan",
                CACHE,
                AVAILABLE));
        t.add(row("verbose", 'v', FLAG, "", "", "each file", CACHE, AVAILABLE));
        t.add(row("days", 'D', VALUE, "N", "", "only what was not used for N days", CACHE, AVAILABLE));
        t.add(row("dry-run", 'n', FLAG, "", "", "only say what would go", CACHE, AVAILABLE));
        t.add(row("force", 'f', FLAG, "", "", "do not ask", CACHE, AVAILABLE));
    }

    private static void exports(List<Option> t) {
        t.add(row("oci", ' ', FLAG, "", "OCI", "as an OCI image; docker:// and oci: imply it", PUSH, AVAILABLE));
        t.add(row("format", ' ', VALUE, "NAME", "", "sif, oci, oci-archive or docker-archive", BUILD, AVAILABLE));
        t.add(row(
                "layer-format",
                ' ',
                VALUE,
                "NAME",
                "LAYER_FORMAT",
                "of OCI images: gzip, zstd or tar",
                PUSH.and(BUILD),
                AVAILABLE));
        t.add(row("force", 'F', FLAG, "", "FORCE", "replace an existing archive", PUSH, AVAILABLE));
        t.add(row("processors", ' ', VALUE, "N", "PROCESSORS", "threads that compress (all)", PUSH, AVAILABLE));
        t.add(row("tmpdir", ' ', VALUE, "DIR", "", "where the layer is packed", PUSH, AVAILABLE));
    }

    private static void build(List<Option> t) {
        t.add(row("sandbox", 's', FLAG, "", "SANDBOX", "build a directory", BUILD, AVAILABLE));
        t.add(row("force", 'F', FLAG, "", "FORCE", "replace an existing image", BUILD, AVAILABLE));
        t.add(row("notest", 'T', FLAG, "", "NOTEST", "do not run %test", BUILD, AVAILABLE));
        t.add(row("section", ' ', LIST, "NAMES", "SECTION", "run only these sections", BUILD, AVAILABLE));
        t.add(row("no-cleanup", ' ', FLAG, "", "NO_CLEANUP", "keep the temporary directory", BUILD, AVAILABLE));
        t.add(row("dockerfile", ' ', FLAG, "", "", "the file is a Dockerfile, whatever its name", BUILD, AVAILABLE));
        t.add(row("target", ' ', VALUE, "STAGE", "", "build this stage of a Dockerfile", BUILD, AVAILABLE));
        t.add(row("context", ' ', VALUE, "DIR", "", "where COPY takes files from (.)", BUILD, AVAILABLE));
        t.add(row(
                "secret", ' ', REPEATED, "id=ID,src=FILE", "", "a file for RUN --mount=type=secret", BUILD, AVAILABLE));
        t.add(row("reproducible-check", ' ', FLAG, "", "", "build twice and compare", BUILD, AVAILABLE));
        t.add(row("no-cache", ' ', FLAG, "", "NO_CACHE", "take every step anew", BUILD, AVAILABLE));
        t.add(row("tmpdir", ' ', VALUE, "DIR", "", "where to build", BUILD, AVAILABLE));
        t.add(row("build-arg", ' ', REPEATED, "NAME=VALUE", "", "a value for {{ NAME }}", BUILD, AVAILABLE));
        t.add(row("progress", ' ', VALUE, "json", "", "say when steps begin and end", BUILD, AVAILABLE));
        t.add(row("profile", ' ', REPEATED, "COMMAND", "", "put what it reads in front", BUILD, AVAILABLE));
        t.add(row("build-arg-file", ' ', REPEATED, "FILE", "", "such values, one a line", BUILD, AVAILABLE));
        t.add(row("warn-unused-build-args", ' ', FLAG, "", "", "one of no use is no failure", BUILD, AVAILABLE));
        t.add(row("update", 'u', FLAG, "", "UPDATE", "run the sections over a sandbox", BUILD, AVAILABLE));
        t.add(row("json", ' ', FLAG, "", "JSON", "the definition is JSON", BUILD, AVAILABLE));
        t.add(row("fix-perms", ' ', FLAG, "", "FIXPERMS", "give owners all rights in the base", BUILD, AVAILABLE));
        t.add(row("userns", ' ', FLAG, "", "USERNS", "root too builds in a user namespace", BUILD, AVAILABLE));
        t.add(row("writable-tmpfs", ' ', FLAG, "", "WRITABLE_TMPFS", "%test may write", BUILD, AVAILABLE));
        t.add(row("encrypt", 'e', FLAG, "", "", "encrypt the image", BUILD, NOT_YET));
        t.add(row("arch", ' ', VALUE, "NAME", "BUILD_ARCH", "of an image from elsewhere", BUILD, AVAILABLE));
        t.add(row("arch-variant", ' ', VALUE, "NAME", "BUILD_ARCH_VARIANT", "as v7", BUILD, AVAILABLE));
        buildsOfOthers(t);
        packing(t);
    }

    /// What other builders have.
    private static void buildsOfOthers(List<Option> t) {
        t.add(row("remote", 'r', FLAG, "", "REMOTE", "build elsewhere", BUILD, NOT_YET));
        t.add(row("detached", 'd', FLAG, "", "DETACHED", "and do not wait", BUILD, NOT_YET));
        t.add(row("builder", ' ', VALUE, "URL", "BUILDER", "where --remote builds", BUILD, NOT_YET));
        t.add(row("buildkit-host", ' ', VALUE, "URL", "BUILDKIT_HOST", "what builds Dockerfiles", BUILD, NOT_YET));
        t.add(row("data", ' ', FLAG, "", "DATA", "build a data container: kerr data create", BUILD, NOT_YET));
        t.add(row("reproducible", ' ', FLAG, "", "REPRODUCIBLE", "times of the base", BUILD, NOT_YET));
        t.add(row("no-setgroups", ' ', FLAG, "", "NO_SETGROUPS", "keep supplementary groups", BUILD, NOT_YET));
        // a way to be root that is never taken
        t.add(row("ignore-proot", ' ', FLAG, "", "IGNORE_PROOT", "leave out a way of --fakeroot", BUILD, HIDDEN));
    }

    private static void packing(List<Option> t) {
        t.add(row(
                "compression",
                ' ',
                VALUE,
                "NAME[:LEVEL]",
                "COMPRESSION",
                "zstd (level 3), gzip, lz4, xz or none",
                PACK,
                AVAILABLE));
        t.add(row("block-size", ' ', VALUE, "BYTES", "BLOCK_SIZE", "of the image, 4K to 1M (128K)", PACK, AVAILABLE));
        t.add(row("processors", ' ', VALUE, "N", "PROCESSORS", "threads that compress (all)", PACK, AVAILABLE));
        t.add(row(
                "mksquashfs-args",
                ' ',
                VALUE,
                "ARGS",
                "MKSQUASHFS_ARGS",
                "-comp, -b and others of mksquashfs",
                PACK,
                AVAILABLE));
    }

    private static void logins(List<Option> t) {
        for (Commands commands : List.of(REGISTRY, REMOTE, KEYSERVER)) {
            t.add(row(commands, "login", "username", 'u', VALUE, "NAME", "LOGIN_USERNAME", "the user's name"));
            t.add(row(
                    commands,
                    "login",
                    "password",
                    'p',
                    VALUE,
                    "TEXT",
                    "LOGIN_PASSWORD",
                    "seen by all in ps: better --password-stdin"));
            t.add(row(commands, "login", "password-stdin", ' ', FLAG, "", "", "read it from standard input"));
        }
        for (Commands commands : List.of(REMOTE, KEYSERVER)) {
            t.add(row("config", 'c', VALUE, "FILE", "", "instead of the user's remote.yaml", commands, AVAILABLE));
        }
        t.add(row(REMOTE, "add,remove,use", "global", 'g', FLAG, "", "", "for all users of this installation"));
        t.add(row(REMOTE, "add,login", "insecure", 'i', FLAG, "", "ADD_INSECURE,LOGIN_INSECURE", "do without TLS"));
        t.add(row(REMOTE, "add,login", "tokenfile", ' ', VALUE, "FILE", "", "the token is its first line"));
        t.add(row(REMOTE, "add", "no-login", ' ', FLAG, "", "", "do not log in"));
        t.add(row(REMOTE, "add", "no-default", 'n', FLAG, "", "", "do not put it in use"));
        t.add(row(REMOTE, "use", "exclusive", 'e', FLAG, "", "", "let no user use another"));
        t.add(row("order", 'o', VALUE, "N", "", "which it is, from 1", REMOTE, HIDDEN));
        t.add(row(KEYSERVER, "add", "order", 'o', VALUE, "N", "", "which it is, from 1; the last by default"));
        t.add(row(KEYSERVER, "add", "insecure", 'i', FLAG, "", "", "it has no TLS"));
    }

    private static void inspect(List<Option> t) {
        t.add(row("labels", 'l', FLAG, "", "LABELS", "the labels (the default)", INSPECT, AVAILABLE));
        t.add(row("deffile", 'd', FLAG, "", "DEFFILE", "the definition file", INSPECT, AVAILABLE));
        t.add(row("runscript", 'r', FLAG, "", "RUNSCRIPT", "the runscript", INSPECT, AVAILABLE));
        t.add(row("startscript", 's', FLAG, "", "STARTSCRIPT", "the startscript", INSPECT, AVAILABLE));
        t.add(row("test", 't', FLAG, "", "TEST", "the test script", INSPECT, AVAILABLE));
        t.add(row("environment", 'e', FLAG, "", "ENVIRONMENT", "the environment scripts", INSPECT, AVAILABLE));
        t.add(row("helpfile", 'H', FLAG, "", "HELPFILE", "the help text", INSPECT, AVAILABLE));
        t.add(row("json", 'j', FLAG, "", "JSON", "as JSON", INSPECT.and(MOUNT), AVAILABLE));
        t.add(row("all", ' ', FLAG, "", "ALL", "everything, as JSON", INSPECT, AVAILABLE));
        t.add(row("app", ' ', VALUE, "NAME", "", "of this SCIF application", INSPECT, AVAILABLE));
        t.add(row("list-apps", ' ', FLAG, "", "", "the names of SCIF applications", INSPECT, AVAILABLE));
    }

    private static void sif(List<Option> t) {
        t.add(verbRow("add", "datatype", VALUE, "N", "what is added, 1 to 11"));
        t.add(verbRow("add", "parttype", VALUE, "N", "what a partition is for, 1 to 4"));
        t.add(verbRow("add", "partfs", VALUE, "N", "the file system in a partition, 1 to 6"));
        t.add(verbRow("add", "partarch", VALUE, "N", "the architecture of a partition, 1 to 13"));
        t.add(verbRow("add", "signhash", VALUE, "N", "the hash of a signature, 1 to 5"));
        t.add(verbRow("add", "signentity", VALUE, "HEX", "the signer's fingerprint, 40 digits"));
        t.add(verbRow("add", "sbomformat", VALUE, "NAME", "the format of a bill of materials"));
        t.add(verbRow("add", "groupid", VALUE, "N", "the group it is in; none by default"));
        t.add(verbRow("add", "link", VALUE, "N", "the object it belongs to, or 0xf0000000 + a group"));
        t.add(verbRow("add", "alignment", VALUE, "BYTES", "begin at a multiple; 4096 for a partition"));
        t.add(verbRow("add", "filename", VALUE, "NAME", "its name in the image; none by default"));
        t.add(verbRow("del", "zero", FLAG, "", "overwrite the data with zeros"));
        t.add(verbRow("del", "compact", FLAG, "", "cut off what is free at the end of the file"));
        t.add(verbRow("list", "json", FLAG, "", "header and objects as JSON"));
    }

    private static void config(List<Option> t) {
        t.add(row(CAPABILITY, "add,drop", "user", 'u', VALUE, "NAME", "CAP_USER", "whose they are"));
        t.add(row(CAPABILITY, "add,drop", "group", 'g', VALUE, "NAME", "CAP_GROUP", "of which group they are"));
        t.add(row(CONFIG, "global", "set", 's', FLAG, "", "", "set a directive's value, or add to a list"));
        t.add(row(CONFIG, "global", "unset", 'u', FLAG, "", "", "take a directive out, or items out of a list"));
        t.add(row(CONFIG, "global", "get", 'g', FLAG, "", "", "print a directive's value"));
        t.add(row(CONFIG, "global", "reset", 'r', FLAG, "", "", "put a directive's default back"));
        t.add(row(CONFIG, "global", "dry-run", 'd', FLAG, "", "", "print the changed file and write nothing"));
        t.add(row(CONFIG, "fakeroot", "add", 'a', FLAG, "", "", "give a user sub-ids"));
        t.add(row(CONFIG, "fakeroot", "remove", 'r', FLAG, "", "", "take a user's sub-ids"));
        t.add(row(CONFIG, "fakeroot", "enable", 'e', FLAG, "", "", "let a user use sub-ids"));
        t.add(row(CONFIG, "fakeroot", "disable", 'd', FLAG, "", "", "keep a user from sub-ids"));
    }

    /// @param verbs with commas between them
    static Option row(
            Commands commands,
            String verbs,
            String name,
            char letter,
            Option.Kind kind,
            String metavar,
            String variables,
            String help) {
        Option all = row(name, letter, kind, metavar, variables, help, commands, AVAILABLE);
        List<String> only = List.of(verbs.split(","));
        return new Option(name, letter, kind, metavar, all.variables(), help, commands, AVAILABLE, only);
    }

    private static Option verbRow(String verb, String name, Option.Kind kind, String metavar, String help) {
        return new Option(name, ' ', kind, metavar, List.of(), help, SIF, AVAILABLE, List.of(verb));
    }

    private static void overlay(List<Option> t) {
        t.add(row("size", 's', VALUE, "MIB", "", "of the file system, or with a unit: 2G (64)", OVERLAY, AVAILABLE));
        t.add(row("sparse", 'S', FLAG, "", "SPARSE", "take room only when written to", OVERLAY, AVAILABLE));
        t.add(row("create-dir", ' ', LIST, "DIR", "", "a directory of the caller in the overlay", OVERLAY, AVAILABLE));
        t.add(row("fakeroot", 'f', FLAG, "", "FAKEROOT", "for launches with --fakeroot", OVERLAY, AVAILABLE));
    }
}
