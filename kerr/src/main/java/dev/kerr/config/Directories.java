package dev.kerr.config;

import java.nio.file.Path;
import java.util.Objects;

/// Where things are: of the installation, and of the user.
///
/// @param prefix the directory above `bin/kerr`
/// @param user keys, cache and records of the user; made when first written to, mode 0700
/// @param temporary where builds keep what they work on
public record Directories(Path prefix, Path user, Path temporary) {
    public Directories {
        Objects.requireNonNull(prefix);
        Objects.requireNonNull(user);
        Objects.requireNonNull(temporary);
    }

    /// @param home the user's home directory
    public static Directories of(Path prefix, Variables variables, Path home) {
        Path user = Path.of(
                variables.setting("CONFIGDIR").orElse(home.resolve(".kerr").toString()));
        String temporary =
                variables.setting("TMPDIR").or(() -> variables.value("TMPDIR")).orElse("/var/tmp");
        return new Directories(prefix, user.toAbsolutePath(), Path.of(temporary).toAbsolutePath());
    }

    /// What was fetched once: `$KERR_CACHEDIR/cache`, or with the user's files.
    public Path cache(Variables variables) {
        return variables
                .setting("CACHEDIR")
                .map(Path::of)
                .orElse(user)
                .toAbsolutePath()
                .resolve("cache");
    }

    /// The C program.
    public Path program() {
        return prefix.resolve("bin/kerr");
    }

    /// The file system server of images.
    public Path squashfsServer() {
        return prefix.resolve("lib/kerr/squashfs-server");
    }

    /// Which capabilities the site grants to whom.
    public Path capabilities() {
        return prefix.resolve("etc/kerr/capability.json");
    }

    /// The profile of system calls for contained launches.
    public Path seccompProfile() {
        return prefix.resolve("etc/kerr/seccomp-profiles/default.json");
    }

    /// Where that profile is as it came, and compiled.
    public Path compiledSeccomp() {
        return prefix.resolve("lib/kerr/seccomp");
    }

    /// The site's configuration file.
    public Path configuration() {
        return prefix.resolve("etc/kerr/kerr.conf");
    }
}
