package dev.kerr.build;

import dev.kerr.deffile.Bootstrap;

/// Configuration files of package managers that install into a new root file system.
final class RepositoryText {
    private RepositoryText() {}

    /// dnf and yum: nothing of the host's, and what the definition names.
    static String ofDnf(Bootstrap.Dnf dnf) {
        var text = new StringBuilder("""
                [main]
                reposdir=/nowhere
                gpgcheck=0
                keepcache=0
                logfile=/var/log/dnf.log

                """);
        repository(text, "base", dnf.mirror());
        if (!dnf.update().isEmpty()) {
            repository(text, "updates", dnf.update());
        }
        return text.toString();
    }

    private static void repository(StringBuilder text, String name, String url) {
        text.append("[%1$s]\nname=%1$s\nbaseurl=%2$s\nenabled=1\n\n".formatted(name, url));
    }

    /// pacman: the official repositories, by the mirror that is near.
    static String ofPacman() {
        return """
                [options]
                Architecture = auto
                SigLevel = Required DatabaseOptional
                LocalFileSigLevel = Optional

                [core]
                Server = https://geo.mirror.pkgbuild.com/$repo/os/$arch

                [extra]
                Server = https://geo.mirror.pkgbuild.com/$repo/os/$arch
                """;
    }
}
