package dev.kerr.runtime;

import dev.kerr.cgroups.Limits;
import dev.kerr.container.SecurityLabel;
import dev.kerr.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// What a `config.json` asks for, as far as Kerr does it; a document that asks for more is refused when it is read.
///
/// @param version of the specification that it follows
/// @param process empty if it has none, which only `create` without `start` could do with
/// @param json the document itself
///
/// **Source:** the OCI's runtime specification 1.2, `config.md` and `config-linux.md`.
public record BundleConfig(
        String version,
        Payload process,
        RootDirectory root,
        Names names,
        List<MountEntry> mounts,
        List<Hook> hooks,
        Map<String, String> annotations,
        Linux linux,
        JsonObject json) {
    public BundleConfig {
        Objects.requireNonNull(version);
        Objects.requireNonNull(process);
        Objects.requireNonNull(root);
        Objects.requireNonNull(names);
        mounts = List.copyOf(mounts);
        hooks = List.copyOf(hooks);
        annotations = Map.copyOf(annotations);
        Objects.requireNonNull(linux);
        Objects.requireNonNull(json);
    }

    /// The program.
    ///
    /// @param environment all of it, as `NAME=value`
    public record Payload(
            boolean terminal,
            ConsoleSize console,
            User user,
            List<String> arguments,
            List<String> environment,
            String directory,
            Rights rights,
            List<Rlimit> rlimits,
            OptionalInt oomScoreAdjustment,
            List<SecurityLabel> labels) {
        public Payload {
            labels = List.copyOf(labels);
            Objects.requireNonNull(console);
            Objects.requireNonNull(user);
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
            Objects.requireNonNull(directory);
            Objects.requireNonNull(rights);
            rlimits = List.copyOf(rlimits);
            Objects.requireNonNull(oomScoreAdjustment);
        }
    }

    /// In characters; 0 for as it is.
    public record ConsoleSize(int columns, int rows) {}

    /// In the container's user namespace.
    ///
    /// @param umask empty for that of whoever calls
    public record User(int uid, int gid, List<Integer> groups, OptionalInt umask) {
        public User {
            groups = List.copyOf(groups);
            Objects.requireNonNull(umask);
        }
    }

    /// Sets of capabilities, as [dev.kerr.linux.Capability] has them.
    public record Rights(
            boolean noNewPrivileges, long bounding, long effective, long permitted, long inheritable, long ambient) {}

    /// @param number as setrlimit(2) has it
    /// @param soft without a sign
    public record Rlimit(String name, int number, long soft, long hard) {}

    /// @param path as written: absolute, or relative to the bundle
    public record RootDirectory(String path, boolean readOnly) {}

    /// Of the UTS namespace; empty where nothing is asked for.
    public record Names(String host, String domain) {}

    /// A mount.
    ///
    /// @param place in the document, for messages: `config.json:12: mounts[3]`
    /// @param source as written
    public record MountEntry(String place, String destination, String type, String source, List<String> options) {
        public MountEntry {
            options = List.copyOf(options);
        }
    }

    /// A program that is run at a phase of the container's life.
    ///
    /// @param phase as the specification names it: `createRuntime`
    /// @param arguments with the program's name for itself first
    /// @param seconds that it may take; 0 for any
    public record Hook(String phase, String path, List<String> arguments, List<String> environment, int seconds) {
        public Hook {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }
    }

    /// What of it is Linux's own.
    ///
    /// @param sysctls by their names with dots
    /// @param cgroupsPath empty for one of our choice
    /// @param seccomp empty for none
    /// @param personality as personality(2) has it; empty for none
    public record Linux(
            List<Namespace> namespaces,
            List<IdMapping> users,
            List<IdMapping> groups,
            List<Device> devices,
            String cgroupsPath,
            Limits limits,
            Optional<JsonObject> seccomp,
            Paths paths,
            Propagation propagation,
            Map<String, String> sysctls,
            OptionalInt personality) {
        public Linux {
            namespaces = List.copyOf(namespaces);
            users = List.copyOf(users);
            groups = List.copyOf(groups);
            devices = List.copyOf(devices);
            Objects.requireNonNull(cgroupsPath);
            Objects.requireNonNull(limits);
            Objects.requireNonNull(seccomp);
            Objects.requireNonNull(paths);
            Objects.requireNonNull(propagation);
            sysctls = Map.copyOf(sysctls);
            Objects.requireNonNull(personality);
        }

        /// The namespace of a kind that is asked for; empty if the container is to be in that of whoever calls.
        public Optional<Namespace> namespace(String kind) {
            for (Namespace namespace : namespaces) {
                if (namespace.kind().equals(kind)) {
                    return Optional.of(namespace);
                }
            }
            return Optional.empty();
        }

        /// Whether it is to have one of its own.
        public boolean hasNew(String kind) {
            return namespace(kind).map(Namespace::path).equals(Optional.of(""));
        }
    }

    /// @param kind as the specification names it: `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup`
    /// @param path of one that is there; empty for a new one
    public record Namespace(String kind, String path) {}

    /// Ids that follow one another.
    public record IdMapping(long inside, long outside, long count) {}

    /// @param type `c`, `b` or `p`
    public record Device(String place, String path, String type, long major, long minor) {}

    /// In the container.
    public record Paths(List<String> masked, List<String> readOnly) {
        public Paths {
            masked = List.copyOf(masked);
            readOnly = List.copyOf(readOnly);
        }
    }

    /// Whether what is mounted on the host later is seen.
    public enum Propagation {
        PRIVATE,
        SLAVE
    }
}
