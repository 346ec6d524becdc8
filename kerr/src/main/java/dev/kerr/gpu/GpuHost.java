package dev.kerr.gpu;

import dev.kerr.linux.Inputs;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What is looked at to answer a request.
///
/// @param root of the host's files: `/`; the paths in [GpuMounts] are those below it
/// @param configuration the directory of `nvliblist.conf` and `rocmliblist.conf`
/// @param programs directories of programs, in the order in which they are searched
/// @param machine what the host's libraries of its own width are made for
/// @param imageGlibc the version of glibc in the image; empty if it is not known, and then no library is left out for
///     needing a newer one
/// @param inputs is told which files are looked at
public record GpuHost(
        Path root,
        Path configuration,
        List<String> programs,
        Machine machine,
        Optional<GlibcVersion> imageGlibc,
        Inputs inputs) {
    public GpuHost {
        Objects.requireNonNull(root);
        Objects.requireNonNull(configuration);
        programs = List.copyOf(programs);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(imageGlibc);
        Objects.requireNonNull(inputs);
    }
}
