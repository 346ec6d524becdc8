package dev.kerr.export;

import java.nio.file.Path;
import java.util.Objects;

/// How an image is exported.
///
/// @param threads that compress, at least 1; the image does not depend on it
/// @param temporary a directory with room for the layer
/// @param version Kerr's own, which goes into the history
public record ExportSettings(LayerFormat format, int threads, Path temporary, String version) {
    public ExportSettings {
        Objects.requireNonNull(format);
        Objects.requireNonNull(temporary);
        Objects.requireNonNull(version);
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
    }
}
