package dev.kerr.config;

import static dev.kerr.config.Directive.Effect.HARMLESS;
import static dev.kerr.config.Directive.Effect.REFUSED;
import static dev.kerr.config.Directive.Kind.BINDS;
import static dev.kerr.config.Directive.Kind.CHOICE;
import static dev.kerr.config.Directive.Kind.FILE;
import static dev.kerr.config.Directive.Kind.NAMES;
import static dev.kerr.config.Directive.Kind.NUMBER;
import static dev.kerr.config.Directive.Kind.PATHS;
import static dev.kerr.config.Directive.Kind.SEARCH_PATH;
import static dev.kerr.config.Directive.Kind.SIZE;
import static dev.kerr.config.Directive.Kind.WORD;

/// The directives of `kerr.conf`, one row each: those of Singularity and of Apptainer. A row that says no more is
/// obeyed;
/// any other says why it has no effect.
///
/// **Source:** singularity.conf, apptainer.conf.
public enum Directive {
    MOUNT_PROC("mount proc", CHOICE, "yes|no", "yes", "show the host's /proc"),
    MOUNT_SYS("mount sys", CHOICE, "yes|no", "yes", "show the host's /sys"),
    MOUNT_DEV("mount dev", CHOICE, "yes|no|minimal", "yes", "show the host's /dev, or a small one"),
    MOUNT_DEVPTS("mount devpts", CHOICE, "yes|no", "yes", "a small /dev has terminals of its own"),
    MOUNT_TMP("mount tmp", CHOICE, "yes|no", "yes", "show the host's /tmp and /var/tmp"),
    MOUNT_HOME("mount home", CHOICE, "yes|no", "yes", "show the user's home directory"),
    MOUNT_HOSTFS("mount hostfs", CHOICE, "yes|no", "no", "show all other file systems of the host"),
    MOUNT_SLAVE("mount slave", CHOICE, "yes|no", "yes", "what is mounted on the host later appears as well"),
    BIND_PATH(
            "bind path",
            BINDS,
            "",
            "/etc/localtime,/etc/hosts",
            "what else of the host is shown: SOURCE or SOURCE:DESTINATION"),
    CONFIG_PASSWD("config passwd", CHOICE, "yes|no", "yes", "put the user into /etc/passwd"),
    CONFIG_GROUP("config group", CHOICE, "yes|no", "yes", "put the user's groups into /etc/group"),
    CONFIG_RESOLV_CONF("config resolv_conf", CHOICE, "yes|no", "yes", "show the host's /etc/resolv.conf"),
    USER_BIND_CONTROL("user bind control", CHOICE, "yes|no", "yes", "users may bind what they like"),
    ENABLE_FUSEMOUNT(
            "enable fusemount",
            CHOICE,
            "yes|no",
            "yes",
            "users may mount FUSE file systems by --fusemount",
            HARMLESS,
            "--fusemount is not yet available"),
    ENABLE_OVERLAY(
            "enable overlay", CHOICE, "yes|no|try|driver", "yes", "lay mount points and --overlay over the image"),
    ENABLE_UNDERLAY(
            "enable underlay",
            CHOICE,
            "yes|no|preferred",
            "yes",
            "put missing mount points under the image instead",
            HARMLESS,
            "an overlay has the mount points that an image lacks"),
    SESSION_SIZE("sessiondir max size", NUMBER, "1-1073741824", "64", "MiB that a launch may hold in memory"),
    SHARED_MOUNT_LINGER(
            "shared mount linger",
            NUMBER,
            "0-86400",
            "10",
            "seconds that an image stays mounted for the next launch; 0: each has its own"),
    MEMORY_FS_TYPE(
            "memory fs type",
            CHOICE,
            "tmpfs|ramfs",
            "tmpfs",
            "the memory file system of a launch",
            HARMLESS,
            "it is always a tmpfs, which has a limit"),
    ALLOW_SIF("allow container sif", CHOICE, "yes|no", "yes", "SIF images may be run"),
    ALLOW_ENCRYPTED(
            "allow container encrypted",
            CHOICE,
            "yes|no",
            "yes",
            "encrypted SIF images may be run",
            HARMLESS,
            "they are not yet available"),
    ALLOW_SQUASHFS("allow container squashfs", CHOICE, "yes|no", "yes", "bare SquashFS images may be run"),
    ALLOW_EXTFS(
            "allow container extfs",
            CHOICE,
            "yes|no",
            "yes",
            "ext3 images may be run",
            HARMLESS,
            "they are no images to run, but overlays"),
    ALLOW_DIRECTORY("allow container dir", CHOICE, "yes|no", "yes", "sandbox directories may be run"),
    ALLOW_KERNEL_SQUASHFS("allow kernel squashfs", CHOICE, "yes|no", "yes", "root's images are mounted by the kernel"),
    ALLOW_KERNEL_EXTFS("allow kernel extfs", CHOICE, "yes|no", "yes", "root's ext3 images are mounted by the kernel"),
    LIMIT_OWNERS("limit container owners", NAMES, "", "", "users whose images alone may be run, but by root"),
    LIMIT_GROUPS("limit container groups", NAMES, "", "", "groups whose images alone may be run, but by root"),
    LIMIT_PATHS("limit container paths", PATHS, "", "", "directories whose images alone may be run, but by root"),
    ALLOW_USER_NS("allow user ns", CHOICE, "yes|no", "yes", "user namespaces, without which only root runs containers"),
    ALLOW_PID_NS("allow pid ns", CHOICE, "yes|no", "yes", "containers may have PID namespaces"),
    ALLOW_IPC_NS("allow ipc ns", CHOICE, "yes|no", "yes", "containers may have IPC namespaces"),
    ALLOW_UTS_NS("allow uts ns", CHOICE, "yes|no", "yes", "containers may have host names of their own"),
    ALWAYS_NV("always use nv", CHOICE, "yes|no", "no", "every launch has --nv"),
    USE_NVCCLI("use nvidia-container-cli", CHOICE, "yes|no", "no", "--nv has --nvccli"),
    ALWAYS_ROCM("always use rocm", CHOICE, "yes|no", "no", "every launch has --rocm"),
    BINARY_PATH(
            "binary path",
            SEARCH_PATH,
            "",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "where helper programs are; $PATH in front is the user's, not root's"),
    PACKING_THREADS(
            "mksquashfs procs", NUMBER, "0-1024", "0", "threads that pack an image; 0: all processors, 32 at most"),
    PACKING_MEMORY("mksquashfs mem", SIZE, "", "", "memory that packs an image, such as 1G; empty: 384M"),
    SHARED_CACHE(
            "shared cache", PATHS, "", "", "caches to look for images in before they are fetched; never written to"),
    ALLOW_SETUID(
            "allow setuid",
            CHOICE,
            "yes|no",
            "yes",
            "launches may go through a setuid program",
            HARMLESS,
            "there is no setuid program"),
    ALLOW_SETUID_ENCRYPTED(
            "allow setuid-mount encrypted",
            CHOICE,
            "yes|no",
            "yes",
            "a setuid program may mount encrypted images",
            HARMLESS,
            "there is no setuid program"),
    ALLOW_SETUID_SQUASHFS(
            "allow setuid-mount squashfs",
            CHOICE,
            "yes|no|iflimited",
            "iflimited",
            "a setuid program may mount SquashFS",
            HARMLESS,
            "there is no setuid program"),
    ALLOW_SETUID_EXTFS(
            "allow setuid-mount extfs",
            CHOICE,
            "yes|no",
            "no",
            "a setuid program may mount ext3",
            HARMLESS,
            "there is no setuid program"),
    MAX_LOOP_DEVICES(
            "max loop devices",
            NUMBER,
            "0-1048576",
            "256",
            "loop devices to look through for a free one",
            HARMLESS,
            "the kernel is asked for a free one"),
    SHARED_LOOP_DEVICES(
            "shared loop devices",
            CHOICE,
            "yes|no",
            "no",
            "launches of an image share a loop device",
            HARMLESS,
            "each launch of root's has its own, which frees itself"),
    SYNC_WRITABLE_EXTFS(
            "sync writable extfs",
            CHOICE,
            "yes|no",
            "no",
            "flush ext3 overlays at the end of a launch",
            REFUSED,
            "it is not yet available"),
    ROOT_CAPABILITIES(
            "root default capabilities",
            CHOICE,
            "full|file|no",
            "full",
            "capabilities that root's containers have: all, those of capability.json, or none"),
    NET_USERS(
            "allow net users",
            NAMES,
            "",
            "",
            "users who may use networks",
            REFUSED,
            "a setuid program would obey it, and there is none"),
    NET_GROUPS(
            "allow net groups",
            NAMES,
            "",
            "",
            "groups that may use networks",
            REFUSED,
            "a setuid program would obey it, and there is none"),
    NET_NETWORKS(
            "allow net networks",
            NAMES,
            "",
            "",
            "networks that they may use",
            REFUSED,
            "a setuid program would obey it, and there is none"),
    NETNS_PATHS(
            "allow netns paths",
            PATHS,
            "",
            "",
            "network namespaces that they may join",
            REFUSED,
            "a setuid program would obey it, and there is none"),
    CNI_CONFIGURATION(
            "cni configuration path",
            FILE,
            "",
            "",
            "where root's networks are configured; empty: etc/kerr/network of the installation"),
    CNI_PLUGINS(
            "cni plugin path",
            FILE,
            "",
            "",
            "where plugins of CNI are; empty: /usr/lib/cni, /usr/libexec/cni or /opt/cni/bin"),
    SYSTEMD_CGROUPS(
            "systemd cgroups",
            CHOICE,
            "yes|no",
            "yes",
            "systemd may be asked for the control group of a launch with limits"),
    DOWNLOAD_CONCURRENCY(
            "download concurrency",
            NUMBER,
            "1-1024",
            "3",
            "parts of a layer that a registry sends at once, 16 at most; 1: each in one piece"),
    DOWNLOAD_PART_SIZE("download part size", NUMBER, "1-1073741824", "5242880", "bytes of such a part"),
    DOWNLOAD_BUFFER_SIZE(
            "download buffer size",
            NUMBER,
            "1-1073741824",
            "32768",
            "bytes that are written at once",
            HARMLESS,
            "they are written as they come"),
    ROOT_SEARCH_PATH(
            "root search path",
            SEARCH_PATH,
            "",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "where root's helper programs are",
            REFUSED,
            "the directive that counts is `binary path`"),
    USER_SEARCH_PATH(
            "user search path",
            SEARCH_PATH,
            "",
            "$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "where users' helper programs are",
            REFUSED,
            "the directive that counts is `binary path`"),
    CRYPTSETUP_PATH("cryptsetup path", FILE, "", "", "the program", HARMLESS, "it is looked for in `binary path`"),
    GO_PATH("go path", FILE, "", "", "the program", HARMLESS, "plugins in Go are not available"),
    LDCONFIG_PATH("ldconfig path", FILE, "", "", "the program", HARMLESS, "it is looked for in `binary path`"),
    MKSQUASHFS_PATH("mksquashfs path", FILE, "", "", "the program", HARMLESS, "Kerr packs images itself"),
    NVCCLI_PATH(
            "nvidia-container-cli path", FILE, "", "", "the program", HARMLESS, "it is looked for in `binary path`"),
    UNSQUASHFS_PATH("unsquashfs path", FILE, "", "", "the program", HARMLESS, "Kerr unpacks images itself"),
    SIF_FUSE("sif fuse", CHOICE, "yes|no", "no", "FUSE mounts images", HARMLESS, "FUSE mounts all images of users"),
    OCI_MODE("oci mode", CHOICE, "yes|no", "no", "every launch has --oci"),
    TMP_SANDBOX(
            "tmp sandbox",
            CHOICE,
            "yes|no",
            "yes",
            "an image that cannot be mounted is unpacked for a launch",
            HARMLESS,
            "a launch unpacks no image"),
    IMAGE_DRIVER("image driver", WORD, "", "", "the plugin that mounts images", REFUSED, "there are no plugins"),
    ALLOW_MONITORING(
            "allow monitoring",
            CHOICE,
            "yes|no",
            "no",
            "launches may report to a monitor",
            REFUSED,
            "monitoring is not yet available"),
    MONITORING_SOCKET(
            "apptheus communication socket path",
            FILE,
            "",
            "/run/apptheus/gateway.sock",
            "where the monitor listens",
            HARMLESS,
            "monitoring is not yet available");

    private final String text;
    private final Kind kind;
    private final String allowed;
    private final String standard;
    private final String help;
    private final Effect effect;
    private final String reason;

    Directive(String text, Kind kind, String allowed, String standard, String help) {
        this(text, kind, allowed, standard, help, Effect.OBEYED, "");
    }

    Directive(String text, Kind kind, String allowed, String standard, String help, Effect effect, String reason) {
        this.text = text;
        this.kind = kind;
        this.allowed = allowed;
        this.standard = standard;
        this.help = help;
        this.effect = effect;
        this.reason = reason;
    }

    /// How a value is written.
    public enum Kind {
        /// One of some words.
        CHOICE,
        /// A number in a range.
        NUMBER,
        /// Bytes, such as 500M; may be empty.
        SIZE,
        /// A list of `/source` and `/source:/target`.
        BINDS,
        /// A list of names.
        NAMES,
        /// A list of absolute paths.
        PATHS,
        /// Absolute paths with colons between; the first may be `$PATH`.
        SEARCH_PATH,
        /// An absolute path; may be empty.
        FILE,
        /// Any text; may be empty.
        WORD
    }

    /// What becomes of a value.
    public enum Effect {
        /// It is read into [Config].
        OBEYED,
        /// It has no effect, and no value of it asks for anything that would be missed.
        HARMLESS,
        /// It has no effect; a value other than the default, which somebody may rely on, is an error.
        REFUSED
    }

    /// The name as the file has it: `mount proc`.
    public String text() {
        return text;
    }

    public Kind kind() {
        return kind;
    }

    /// The value where the file says nothing; the items of a list with commas between.
    public String standard() {
        return standard;
    }

    /// What it is for: one sentence, lower case, without a full stop.
    public String help() {
        return help;
    }

    public Effect effect() {
        return effect;
    }

    /// Why it has no effect; empty if it is obeyed.
    public String reason() {
        return reason;
    }

    /// Whether the file may have several values, with commas between or a line each.
    public boolean isList() {
        return kind == BINDS || kind == NAMES || kind == PATHS;
    }

    /// The values that are taken, for people: `yes, no or minimal`.
    public String described() {
        return DirectiveValues.described(kind, allowed);
    }

    /// What is wrong with a value, in words that stand before `: value`; empty if nothing is.
    public String fault(String value) {
        if (value.equals(standard)) {
            return "";
        }
        if (!DirectiveValues.isRight(kind, allowed, value)) {
            return text + " is not " + described();
        }
        return effect == REFUSED ? text + " cannot be obeyed, for " + reason : "";
    }
}
