package dev.kerr.deffile;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The agents that definition files name after `Bootstrap:`, those that Kerr has and those that it does not
/// have yet.
public enum BootstrapAgent {
    LOCALIMAGE(true),
    DEBOOTSTRAP(true),
    SCRATCH(true),
    DOCKER(true),
    DOCKER_ARCHIVE(true),
    DOCKER_DAEMON(true),
    OCI(true),
    OCI_ARCHIVE(true),
    LIBRARY(true),
    ORAS(true),
    SHUB(true),
    YUM(true),
    DNF(true),
    ARCH(true),
    ZYPPER(true),
    BUSYBOX(true),
    BUILDKIT(false),
    DOCKERFILE(false);

    private final boolean available;

    BootstrapAgent(boolean available) {
        this.available = available;
    }

    /// The name as written in a definition: `docker-archive`.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether this version can build from it.
    public boolean isAvailable() {
        return available;
    }

    /// Whether the image that it takes can be a SIF as somebody made and signed it.
    public boolean givesSif() {
        return this == LOCALIMAGE || this == LIBRARY || this == ORAS || this == SHUB;
    }

    /// Finds an agent by its name in any case; empty for a name that no agent has.
    public static Optional<BootstrapAgent> of(String word) {
        return Arrays.stream(values())
                .filter(agent -> agent.word().equalsIgnoreCase(word))
                .findFirst();
    }

    static String list() {
        return Arrays.stream(values())
                .filter(BootstrapAgent::isAvailable)
                .map(BootstrapAgent::word)
                .collect(Collectors.joining(", "));
    }
}
