package dev.kerr.config;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The site's configuration, with the field's directives.
///
/// @param binds what every container sees of the host: `bind path`
/// @param mounts which of the host's file systems every container sees
/// @param files which files are made for every container
/// @param sessionBytes how much the session tmpfs may hold: `sessiondir max size`
/// @param programs where helper programs are looked for: `binary path`, split at `:`
/// @param packing what writing an image may take of the machine
public record Config(
        List<BindPath> binds, Mounts mounts, Files files, long sessionBytes, List<String> programs, Packing packing) {
    public Config {
        binds = List.copyOf(binds);
        Objects.requireNonNull(mounts);
        Objects.requireNonNull(files);
        programs = List.copyOf(programs);
        Objects.requireNonNull(packing);
    }

    /// A `bind path` directive.
    public record BindPath(String source, String target) {
        public BindPath {
            Objects.requireNonNull(source);
            Objects.requireNonNull(target);
        }
    }

    /// `mount proc`, `mount sys`, `mount dev`, `mount tmp`, `mount home`.
    public record Mounts(boolean proc, boolean sys, boolean dev, boolean tmp, boolean home) {}

    /// `config passwd`, `config group`, `config resolv_conf`.
    public record Files(boolean passwd, boolean group, boolean resolvConf) {}

    /// `mksquashfs procs`, `mksquashfs mem`: each empty where the site leaves it to us.
    public record Packing(OptionalInt threads, OptionalLong memoryBytes) {
        public Packing {
            Objects.requireNonNull(threads);
            Objects.requireNonNull(memoryBytes);
        }

        /// All is left to us.
        static Packing unlimited() {
            return new Packing(OptionalInt.empty(), OptionalLong.empty());
        }
    }

    /// What holds where a file says nothing.
    public static Config defaults() {
        return new Config(
                List.of(new BindPath("/etc/localtime", "/etc/localtime"), new BindPath("/etc/hosts", "/etc/hosts")),
                new Mounts(true, true, true, true, true),
                new Files(true, true, true),
                64L << 20,
                List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"),
                Packing.unlimited());
    }
}
