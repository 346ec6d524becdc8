package dev.kerr.deffile;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// What a stage's root file system is made from before its sections run.
public sealed interface Bootstrap {
    /// Debian or a relative, installed by the host's `debootstrap`.
    ///
    /// @param mirror URL of the package archive; empty for the one that debootstrap takes by itself
    /// @param suite release or suite: `bookworm`
    /// @param packages packages wanted besides the minimal system
    record Debootstrap(String mirror, String suite, List<String> packages) implements Bootstrap {
        public Debootstrap {
            requireNonNull(mirror);
            requireNonNull(suite);
            packages = List.copyOf(packages);
        }
    }

    /// An image that is already here: a SIF, a SquashFS file or a directory.
    ///
    /// @param path as written; relative to the directory the build was started in
    record LocalImage(String path) implements Bootstrap {
        public LocalImage {
            requireNonNull(path);
        }
    }

    /// An image that is elsewhere: in a registry, a layout or an archive.
    ///
    /// @param source as it would be on the command line: `docker://registry.org/name:tag`
    record Elsewhere(String source) implements Bootstrap {
        public Elsewhere {
            requireNonNull(source);
        }
    }

    /// An empty root file system.
    record Scratch() implements Bootstrap {}
}
