package dev.kerr.network;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What of the host networks depend on.
///
/// @param root whether the caller may make networks on the host
/// @param programs directories of helper programs
/// @param configurations the directory of networks' configurations
/// @param plugins directories in which plugins of CNI may be; the first that is there counts
/// @param kerr the C program
/// @param firstPort the first port of the host that an ordinary user may have
/// @param tunnel the device that pasta and slirp4netns open
public record NetworkHost(
        boolean root,
        List<String> programs,
        Path configurations,
        List<Path> plugins,
        String kerr,
        int firstPort,
        Path tunnel) {
    /// Where distributions put the plugins of CNI: Debian, Fedora, and the plugins' own packages.
    public static final List<Path> PLUGINS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni"), Path.of("/opt/cni/bin"));

    public NetworkHost {
        programs = List.copyOf(programs);
        Objects.requireNonNull(configurations);
        plugins = List.copyOf(plugins);
        Objects.requireNonNull(kerr);
        Objects.requireNonNull(tunnel);
    }

    /// A helper program's path.
    Optional<String> program(String name) {
        for (String directory : programs) {
            var file = new File(directory, name);
            if (file.canExecute() && file.isFile()) {
                return Optional.of(file.getPath());
            }
        }
        return Optional.empty();
    }

    /// The directory of plugins, if there is one.
    public Optional<Path> pluginDirectory() {
        for (Path directory : plugins) {
            if (directory.toFile().isDirectory()) {
                return Optional.of(directory);
            }
        }
        return Optional.empty();
    }
}
