package dev.kerr.container;

import dev.kerr.gpu.GpuMounts;
import dev.kerr.image.Volume;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What besides the image a launch is to mount: file systems, opened, and files of the host, found.
///
/// @param overlays what lies over the image, the lowest first
/// @param images of the binds of parts of images
/// @param gpus what graphics processors need
/// @param metadata files of an image of layers, texts by their paths below `/.singularity.d`, each of which is a script
/// @param recording what is to be recorded of the launch, which then has processes of its own as a step has
public record Attachments(
        List<Overlay> overlays,
        Map<Bind, Volume> images,
        GpuMounts gpus,
        Map<String, String> metadata,
        Optional<Recording> recording) {
    public static final Attachments NONE = new Attachments(List.of(), Map.of(), GpuMounts.NONE);

    public Attachments(List<Overlay> overlays, Map<Bind, Volume> images, GpuMounts gpus) {
        this(overlays, images, gpus, Map.of());
    }

    public Attachments(List<Overlay> overlays, Map<Bind, Volume> images, GpuMounts gpus, Map<String, String> metadata) {
        this(overlays, images, gpus, metadata, Optional.empty());
    }

    /// Nothing besides the image, of which is recorded what is read.
    public static Attachments recorded(Recording recording) {
        return new Attachments(List.of(), Map.of(), GpuMounts.NONE, Map.of(), Optional.of(recording));
    }

    public Attachments {
        overlays = List.copyOf(overlays);
        images = Map.copyOf(images);
        Objects.requireNonNull(gpus);
        metadata = Map.copyOf(metadata);
        Objects.requireNonNull(recording);
    }
}
