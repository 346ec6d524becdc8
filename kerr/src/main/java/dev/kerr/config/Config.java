package dev.kerr.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The site's configuration: what the directives that are obeyed say, by topic.
///
/// @param binds what every container sees of the host: `bind path`
/// @param mounts which of the host's file systems every container sees
/// @param files which files are made for every container
/// @param users what users may do by themselves, and root in containers
/// @param overlay what may be laid over an image
/// @param allow which images and namespaces users may have
/// @param limits which image files users other than root may run
/// @param always what launches have without asking
/// @param kernel which file systems in images the kernel mounts for root
/// @param sessionBytes how much the session tmpfs may hold: `sessiondir max size`
/// @param lingerSeconds how long the mount of an image stays for the next launch: `shared mount linger`; 0: none is
///     shared
/// @param programs directories of helper programs: `binary path`; a first item `$PATH` stands for the caller's
/// @param packing what writing an image may take of the machine
/// @param downloads how layers come from registries
/// @param networks where networks are configured, and their plugins
/// @param sharedCaches caches that users find images in before they fetch them: `shared cache`
public record Config(
        List<BindPath> binds,
        Mounts mounts,
        Files files,
        Users users,
        Overlay overlay,
        Allow allow,
        Limits limits,
        Always always,
        KernelMounts kernel,
        long sessionBytes,
        int lingerSeconds,
        List<String> programs,
        Packing packing,
        Downloads downloads,
        Networks networks,
        List<String> sharedCaches) {
    public Config {
        binds = List.copyOf(binds);
        Objects.requireNonNull(mounts);
        Objects.requireNonNull(files);
        Objects.requireNonNull(users);
        Objects.requireNonNull(overlay);
        Objects.requireNonNull(allow);
        Objects.requireNonNull(limits);
        Objects.requireNonNull(always);
        Objects.requireNonNull(kernel);
        programs = List.copyOf(programs);
        Objects.requireNonNull(packing);
        Objects.requireNonNull(downloads);
        Objects.requireNonNull(networks);
        sharedCaches = List.copyOf(sharedCaches);
    }

    /// A `bind path` directive.
    public record BindPath(String source, String target) {
        public BindPath {
            Objects.requireNonNull(source);
            Objects.requireNonNull(target);
        }
    }

    /// `mount dev`.
    public enum Dev {
        /// The host's.
        YES,
        /// The image's.
        NO,
        /// A small one of its own.
        MINIMAL
    }

    /// The `mount` directives.
    ///
    /// @param devpts whether a small /dev has terminals
    /// @param slave whether what the host mounts later appears in containers
    public record Mounts(
            boolean proc,
            boolean sys,
            Dev dev,
            boolean devpts,
            boolean tmp,
            boolean home,
            boolean hostfs,
            boolean slave) {
        public Mounts {
            Objects.requireNonNull(dev);
        }
    }

    /// `config passwd`, `config group`, `config resolv_conf`.
    public record Files(boolean passwd, boolean group, boolean resolvConf) {}

    /// `root default capabilities`.
    public enum RootCapabilities {
        /// All that root has.
        FULL,
        /// Those that `capability.json` grants to root.
        FILE,
        NO
    }

    /// `user bind control`, `root default capabilities`, `systemd cgroups`.
    ///
    /// @param systemdGroups whether systemd may be asked for control groups
    public record Users(boolean userBindControl, RootCapabilities rootCapabilities, boolean systemdGroups) {
        public Users {
            Objects.requireNonNull(rootCapabilities);
        }
    }

    /// `enable overlay`.
    ///
    /// @param fuse whether a program makes overlays in the kernel's place
    public record Overlay(boolean enabled, boolean fuse) {}

    /// `allow container …` and `allow user ns`.
    public record Allow(boolean sif, boolean squashfs, boolean directory, Namespaces namespaces) {}

    /// `allow … ns`.
    public record Namespaces(boolean user, boolean pid, boolean ipc, boolean uts) {}

    /// `limit container …`: each empty where there is no limit.
    ///
    /// @param owners names or numbers of users who own image files
    /// @param groups names or numbers of groups that image files belong to
    /// @param paths directories, absolute
    public record Limits(List<String> owners, List<String> groups, List<String> paths) {
        public Limits {
            owners = List.copyOf(owners);
            groups = List.copyOf(groups);
            paths = List.copyOf(paths);
        }
    }

    /// `always use nv`, `use nvidia-container-cli`, `always use rocm`, `oci mode`.
    public record Always(boolean nv, boolean nvccli, boolean rocm, boolean oci) {}

    /// `allow kernel …`.
    public record KernelMounts(boolean squashfs, boolean extfs) {}

    /// `download concurrency`, `download part size`.
    public record Downloads(int atOnce, long partBytes) {}

    /// `cni configuration path`, `cni plugin path`: each empty for the usual place.
    public record Networks(Optional<String> configurations, Optional<String> plugins) {
        public Networks {
            Objects.requireNonNull(configurations);
            Objects.requireNonNull(plugins);
        }
    }

    /// `mksquashfs procs`, `mksquashfs mem`: each empty where the site leaves it to us.
    public record Packing(OptionalInt threads, OptionalLong memoryBytes) {
        public Packing {
            Objects.requireNonNull(threads);
            Objects.requireNonNull(memoryBytes);
        }
    }

    /// What holds where a file says nothing.
    public static Config defaults() {
        return new ConfigValues().config();
    }

    /// The same with another `sessiondir max size`.
    public Config withSession(long bytes) {
        return new Config(
                binds,
                mounts,
                files,
                users,
                overlay,
                allow,
                limits,
                always,
                kernel,
                bytes,
                lingerSeconds,
                programs,
                packing,
                downloads,
                networks,
                sharedCaches);
    }

    /// The same with another `shared mount linger`.
    public Config withLinger(int seconds) {
        return new Config(
                binds,
                mounts,
                files,
                users,
                overlay,
                allow,
                limits,
                always,
                kernel,
                sessionBytes,
                seconds,
                programs,
                packing,
                downloads,
                networks,
                sharedCaches);
    }

    /// The same with `$PATH` among the programs' directories replaced.
    ///
    /// @param path the caller's PATH, of which relative directories are left out; empty for none of it
    public Config withCallerPath(String path) {
        if (!programs.contains("$PATH")) {
            return this;
        }
        var directories = new java.util.ArrayList<String>();
        for (String directory : path.split(":")) {
            if (directory.startsWith("/")) {
                directories.add(directory);
            }
        }
        directories.addAll(programs.subList(1, programs.size()));
        return new Config(
                binds,
                mounts,
                files,
                users,
                overlay,
                allow,
                limits,
                always,
                kernel,
                sessionBytes,
                lingerSeconds,
                directories,
                packing,
                downloads,
                networks,
                sharedCaches);
    }
}
