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
    private static final Commands LAUNCH = Commands.of(Command.EXEC, Command.RUN, Command.SHELL, Command.TEST);
    private static final Commands SHELL = Commands.of(Command.SHELL);
    private static final Commands BUILD = Commands.of(Command.BUILD);
    private static final Commands INSPECT = Commands.of(Command.INSPECT);
    private static final Commands SIF = Commands.of(Command.SIF);
    private static final Commands OVERLAY = Commands.of(Command.OVERLAY);
    private static final Commands CONFIG = Commands.of(Command.CONFIG);
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

    static Optional<Option> lettered(List<Option> options, char letter) {
        for (Option option : options) {
            if (option.letter() == letter && letter != ' ') {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private static Option help() {
        return row("help", 'h', FLAG, "", "", "show help", ALL, AVAILABLE);
    }

    private static Option row(
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
        t.add(row("mount", ' ', REPEATED, "SPEC", "MOUNT", "bind, in long form", LAUNCH, AVAILABLE));
        t.add(row("data", ' ', LIST, "FILE:DST", "", "mount a data container", LAUNCH, NOT_YET));
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
        t.add(row("fusemount", ' ', LIST, "SPEC", "FUSESPEC", "mount a FUSE file system", LAUNCH, NOT_YET));
        t.add(row("cwd", ' ', VALUE, "DIR", "CWD,TARGET_CWD", "where to start in the container", LAUNCH, AVAILABLE));
        t.add(row("pwd", ' ', VALUE, "DIR", "PWD,TARGET_PWD", "the same as --cwd", LAUNCH, HIDDEN));
        t.add(row("containlibs", ' ', LIST, "LIBS", "CONTAINLIBS", "bind host libraries", LAUNCH, NOT_YET));
        t.add(row("underlay", ' ', FLAG, "", "UNDERLAY", "use no overlay", LAUNCH, NOT_YET));
        t.add(row("unsquash", ' ', FLAG, "", "UNSQUASH", "unpack the image first", LAUNCH, NOT_YET));
        t.add(row("dry-run", ' ', FLAG, "", "", "print the launch plan and launch nothing", LAUNCH, AVAILABLE));
    }

    private static void isolation(List<Option> t) {
        t.add(row("contain", 'c', FLAG, "", "CONTAIN", "empty /dev, home and /tmp", LAUNCH, AVAILABLE));
        t.add(row("containall", 'C', FLAG, "", "CONTAINALL", "contain, and own namespaces", LAUNCH, AVAILABLE));
        t.add(row("compat", ' ', FLAG, "", "COMPAT", "behave more like Docker", LAUNCH, AVAILABLE));
        t.add(row("pid", 'p', FLAG, "", "PID,UNSHARE_PID", "own PID namespace", LAUNCH, NOT_YET));
        t.add(row("no-pid", ' ', FLAG, "", "NO_PID", "no PID namespace of its own", LAUNCH, NOT_YET));
        t.add(row("ipc", 'i', FLAG, "", "IPC,UNSHARE_IPC", "own IPC namespace", LAUNCH, NOT_YET));
        t.add(row("uts", ' ', FLAG, "", "UTS,UNSHARE_UTS", "own UTS namespace", LAUNCH, NOT_YET));
        t.add(row("userns", 'u', FLAG, "", "USERNS,UNSHARE_USERNS", "run in a user namespace", LAUNCH, NOT_YET));
        t.add(row("net", 'n', FLAG, "", "NET,UNSHARE_NET", "own network namespace", LAUNCH, NOT_YET));
        t.add(row("network", ' ', LIST, "NAMES", "NETWORK", "networks to join", LAUNCH, NOT_YET));
        t.add(row("network-args", ' ', LIST, "ARGS", "NETWORK_ARGS", "arguments for networks", LAUNCH, NOT_YET));
        t.add(row("netns-path", ' ', VALUE, "PATH", "NETNS_PATH", "join a network namespace", LAUNCH, NOT_YET));
        t.add(row("dns", ' ', LIST, "SERVERS", "DNS", "name servers", LAUNCH, NOT_YET));
        t.add(row("hostname", ' ', VALUE, "NAME", "HOSTNAME", "host name in the container", LAUNCH, NOT_YET));
        t.add(row("fakeroot", 'f', FLAG, "", "FAKEROOT", "be root in the container", LAUNCH_AND_BUILD, AVAILABLE));
        t.add(row("no-setgroups", ' ', FLAG, "", "NO_SETGROUPS", "keep supplementary groups", LAUNCH, NOT_YET));
        t.add(row("sharens", ' ', FLAG, "", "SHARENS", "share namespaces with siblings", LAUNCH, NOT_YET));
        t.add(row("add-caps", ' ', LIST, "CAPS", "ADD_CAPS", "add capabilities", LAUNCH, NOT_YET));
        t.add(row("drop-caps", ' ', LIST, "CAPS", "DROP_CAPS", "drop capabilities", LAUNCH, NOT_YET));
        t.add(row("keep-privs", ' ', FLAG, "", "KEEP_PRIVS", "root keeps capabilities", LAUNCH, NOT_YET));
        t.add(row("no-privs", ' ', FLAG, "", "NO_PRIVS", "root drops capabilities", LAUNCH, NOT_YET));
        t.add(row("allow-setuid", ' ', FLAG, "", "ALLOW_SETUID", "setuid programs work", LAUNCH, NOT_YET));
        t.add(row("security", ' ', LIST, "RULES", "SECURITY", "uid, gid, seccomp, LSM", LAUNCH, NOT_YET));
        t.add(row("no-init", ' ', FLAG, "", "NOSHIMINIT", "no init process", LAUNCH, NOT_YET));
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
        t.add(row("nv", ' ', FLAG, "", "NV", "NVIDIA GPUs", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("no-nv", ' ', FLAG, "", "NV_OFF,NO_NV", "no NVIDIA GPUs", LAUNCH, NOT_YET));
        t.add(row("nvccli", ' ', FLAG, "", "NVCCLI", "NVIDIA's own set-up", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("rocm", ' ', FLAG, "", "ROCM", "AMD GPUs", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("no-rocm", ' ', FLAG, "", "ROCM_OFF,NO_ROCM", "no AMD GPUs", LAUNCH, NOT_YET));
        t.add(row("device", ' ', LIST, "NAMES", "", "CDI devices", LAUNCH, NOT_YET));
        t.add(row("cdi-dirs", ' ', LIST, "DIRS", "", "where CDI files are", LAUNCH, NOT_YET));
    }

    private static void limits(List<Option> t) {
        String[][] rows = {
            {"apply-cgroups", "FILE", "APPLY_CGROUPS"},
            {"blkio-weight", "N", "BLKIO_WEIGHT"},
            {"blkio-weight-device", "DEV:N", "BLKIO_WEIGHT_DEVICE"},
            {"cpu-shares", "N", "CPU_SHARES"},
            {"cpus", "N", "CPUS"},
            {"cpuset-cpus", "LIST", "CPUSET_CPUS"},
            {"cpuset-mems", "LIST", "CPUSET_MEMS"},
            {"memory", "BYTES", "MEMORY"},
            {"memory-reservation", "BYTES", "MEMORY_RESERVATION"},
            {"memory-swap", "BYTES", "MEMORY_SWAP"},
            {"pids-limit", "N", "PIDS_LIMIT"},
        };
        for (String[] row : rows) {
            t.add(row(row[0], ' ', VALUE, row[1], row[2], "limit resources", LAUNCH, NOT_YET));
        }
        t.add(row("oom-kill-disable", ' ', FLAG, "", "OOM_KILL_DISABLE", "limit resources", LAUNCH, NOT_YET));
    }

    private static void sources(List<Option> t) {
        t.add(row("oci", ' ', FLAG, "", "OCI", "behave as an OCI runtime", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("no-oci", ' ', FLAG, "", "NO_OCI", "do not", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("disable-cache", ' ', FLAG, "", "DISABLE_CACHE", "use no cache", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("authfile", ' ', VALUE, "FILE", "AUTHFILE,AUTH_FILE", "credentials", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("docker-login", ' ', FLAG, "", "DOCKER_LOGIN", "ask for credentials", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("docker-host", ' ', VALUE, "URL", "DOCKER_HOST", "Docker's daemon", LAUNCH_AND_BUILD, NOT_YET));
        t.add(row("no-https", ' ', FLAG, "", "NOHTTPS,NO_HTTPS", "use plain http", LAUNCH_AND_BUILD, NOT_YET));
    }

    private static void build(List<Option> t) {
        t.add(row("sandbox", 's', FLAG, "", "SANDBOX", "build a directory", BUILD, AVAILABLE));
        t.add(row("force", 'F', FLAG, "", "FORCE", "replace an existing image", BUILD, AVAILABLE));
        t.add(row("notest", 'T', FLAG, "", "NOTEST", "do not run %test", BUILD, AVAILABLE));
        t.add(row("section", ' ', LIST, "NAMES", "SECTION", "run only these sections", BUILD, AVAILABLE));
        t.add(row("no-cleanup", ' ', FLAG, "", "NO_CLEANUP", "keep the temporary directory", BUILD, AVAILABLE));
        t.add(row("tmpdir", ' ', VALUE, "DIR", "", "where to build", BUILD, AVAILABLE));
        t.add(row("build-arg", ' ', REPEATED, "NAME=VALUE", "", "a value for {{ NAME }}", BUILD, AVAILABLE));
        t.add(row("build-arg-file", ' ', VALUE, "FILE", "", "values, one a line", BUILD, NOT_YET));
        t.add(row("update", 'u', FLAG, "", "UPDATE", "run sections over a sandbox", BUILD, NOT_YET));
        t.add(row("json", ' ', FLAG, "", "JSON", "the definition is JSON", BUILD, NOT_YET));
        t.add(row("fix-perms", ' ', FLAG, "", "FIXPERMS", "give the owner all rights", BUILD, NOT_YET));
        t.add(row("encrypt", 'e', FLAG, "", "", "encrypt the image", BUILD, NOT_YET));
        t.add(row("arch", ' ', VALUE, "NAME", "BUILD_ARCH", "for another architecture", BUILD, NOT_YET));
        t.add(row("remote", 'r', FLAG, "", "REMOTE", "build elsewhere", BUILD, NOT_YET));
        packing(t);
    }

    private static void packing(List<Option> t) {
        t.add(row(
                "compression",
                ' ',
                VALUE,
                "NAME[:LEVEL]",
                "COMPRESSION",
                "zstd (level 3), gzip, lz4, xz or none",
                BUILD,
                AVAILABLE));
        t.add(row("block-size", ' ', VALUE, "BYTES", "BLOCK_SIZE", "of the image, 4K to 1M (128K)", BUILD, AVAILABLE));
        t.add(row("processors", ' ', VALUE, "N", "PROCESSORS", "threads that compress (all)", BUILD, AVAILABLE));
        t.add(row(
                "mksquashfs-args",
                ' ',
                VALUE,
                "ARGS",
                "MKSQUASHFS_ARGS",
                "-comp, -b and others of mksquashfs",
                BUILD,
                AVAILABLE));
    }

    private static void inspect(List<Option> t) {
        t.add(row("labels", 'l', FLAG, "", "LABELS", "the labels (the default)", INSPECT, AVAILABLE));
        t.add(row("deffile", 'd', FLAG, "", "DEFFILE", "the definition file", INSPECT, AVAILABLE));
        t.add(row("runscript", 'r', FLAG, "", "RUNSCRIPT", "the runscript", INSPECT, AVAILABLE));
        t.add(row("startscript", 's', FLAG, "", "STARTSCRIPT", "the startscript", INSPECT, AVAILABLE));
        t.add(row("test", 't', FLAG, "", "TEST", "the test script", INSPECT, AVAILABLE));
        t.add(row("environment", 'e', FLAG, "", "ENVIRONMENT", "the environment scripts", INSPECT, AVAILABLE));
        t.add(row("helpfile", 'H', FLAG, "", "HELPFILE", "the help text", INSPECT, AVAILABLE));
        t.add(row("json", 'j', FLAG, "", "JSON", "as JSON", INSPECT, AVAILABLE));
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
        t.add(row("set", 's', FLAG, "", "", "set a directive's value, or add to a list", CONFIG, AVAILABLE));
        t.add(row("unset", 'u', FLAG, "", "", "take a directive out, or items out of a list", CONFIG, AVAILABLE));
        t.add(row("get", 'g', FLAG, "", "", "print a directive's value", CONFIG, AVAILABLE));
        t.add(row("reset", 'r', FLAG, "", "", "put a directive's default back", CONFIG, AVAILABLE));
        t.add(row("dry-run", 'd', FLAG, "", "", "print the changed file and write nothing", CONFIG, AVAILABLE));
        t.add(row("add", 'a', FLAG, "", "", "give a user sub-ids", CONFIG, NOT_YET));
        t.add(row("remove", ' ', FLAG, "", "", "take a user's sub-ids", CONFIG, NOT_YET));
        t.add(row("enable", 'e', FLAG, "", "", "let a user use sub-ids", CONFIG, NOT_YET));
        t.add(row("disable", ' ', FLAG, "", "", "keep a user from sub-ids", CONFIG, NOT_YET));
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
