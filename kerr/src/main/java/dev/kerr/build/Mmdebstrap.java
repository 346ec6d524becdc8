package dev.kerr.build;

import dev.kerr.deffile.Bootstrap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How mmdebstrap makes what debootstrap makes of the same header: the same packages, checked by the same keys, from
/// the
/// same sources, with apt's lists of them.
final class Mmdebstrap {
    /// Of which both have been seen to make the same.
    private static final Set<String> SUITES =
            Set.of("bookworm", "trixie", "forky", "stable", "testing", "unstable", "sid");

    private static final String MIRROR = "http://deb.debian.org/debian";
    private static final Path KEYS = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    /// Since Debian 12 `/bin` is a link, for which debootstrap and this hook care.
    private static final Path MERGED = Path.of("/usr/share/mmdebstrap/hooks/maybe-merged-usr");

    private Mmdebstrap() {}

    /// Why it cannot install this; empty if it can.
    static Optional<String> lack(Bootstrap.Debootstrap wanted, HostCommands host) {
        for (String program : List.of("mmdebstrap", "apt-get")) {
            if (!host.has(program)) {
                return Optional.of("there is no " + program);
            }
        }
        if (!SUITES.contains(wanted.suite())) {
            return Optional.of("it is for Debian 12 and later, not for " + wanted.suite());
        }
        String mirror = mirror(wanted);
        if (!mirror.startsWith("http://") && !mirror.startsWith("https://")) {
            return Optional.of("it is for http, not for " + mirror);
        }
        for (Path needed : List.of(KEYS, MERGED)) {
            if (!Files.isReadable(needed)) {
                return Optional.of("there is no " + needed);
            }
        }
        return Optional.empty();
    }

    /// @param leftOut packages that every Debian has, but no image needs
    static List<String> arguments(Bootstrap.Debootstrap wanted, List<String> leftOut, Path rootfs) {
        var required = new StringBuilder("?and(?priority(required)");
        leftOut.forEach(name -> required.append(",?not(?exact-name(" + name + "))"));
        List<String> arguments = new ArrayList<>(List.of(
                "--mode=root",
                "--variant=apt",
                "--format=directory",
                "--keyring=" + KEYS,
                "--hook-dir=" + MERGED,
                "--skip=cleanup/apt/lists",
                "--include=" + required + ")"));
        if (!wanted.packages().isEmpty()) {
            arguments.add("--include=" + String.join(",", wanted.packages()));
        }
        arguments.addAll(List.of("--", wanted.suite(), rootfs.toString(), mirror(wanted)));
        return arguments;
    }

    private static String mirror(Bootstrap.Debootstrap wanted) {
        return wanted.mirror().isEmpty() ? MIRROR : wanted.mirror();
    }
}
