package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.sif.Architecture;

/// What builds, and what for.
///
/// @param version Kerr's own version, which goes into the labels
/// @param architecture of the image
public record Platform(String version, Architecture architecture) {
    public Platform {
        requireNonNull(version);
        requireNonNull(architecture);
    }
}
