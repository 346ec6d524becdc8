package dev.kerr.gpu;

import dev.kerr.linux.Inputs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The files below the host's root, by their absolute paths there.
///
/// `java.io.File` asks the kernel once where `java.nio.file.Files` makes an exception of every "no".
final class HostTree {
    private final String root;
    private final Inputs inputs;

    /// @param inputs is told which files are looked at
    /// @throws IOException if there is no such root
    HostTree(Path root, Inputs inputs) throws IOException {
        String real = root.toFile().getCanonicalPath();
        this.root = real.equals("/") ? "" : real;
        this.inputs = Objects.requireNonNull(inputs);
    }

    /// A file to be looked at.
    File file(String path) {
        var file = new File(root + path);
        if (path.startsWith("/dev/")) {
            inputs.place(file.toPath()); // a device has other times with each use
        } else if (path.startsWith("/proc/")) {
            inputs.missSome(); // what is in it changes without a trace
        } else {
            inputs.content(file.toPath());
        }
        return file;
    }

    /// The path without symbolic links; empty if there is no such file, or none below the root.
    Optional<String> real(String path) throws IOException {
        File file = file(path);
        if (!file.exists()) {
            return Optional.empty();
        }
        String real = file.getCanonicalPath();
        return real.startsWith(root + "/") ? Optional.of(real.substring(root.length())) : Optional.empty();
    }

    byte[] read(String path) throws IOException {
        return Files.readAllBytes(file(path).toPath());
    }

    /// The names in a directory, sorted; none if there is no such directory.
    List<String> names(String directory) {
        var file = new File(root + directory);
        inputs.content(file.toPath());
        String[] names = file.list();
        if (names == null) {
            return List.of();
        }
        Arrays.sort(names);
        return List.of(names);
    }
}
