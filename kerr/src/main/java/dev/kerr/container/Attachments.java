package dev.kerr.container;

import dev.kerr.image.Volume;
import java.util.List;
import java.util.Map;

/// The file systems besides the image that a launch is to mount, opened.
///
/// @param overlays what lies over the image, the lowest first
/// @param images of the binds of parts of images
public record Attachments(List<Overlay> overlays, Map<Bind, Volume> images) {
    public static final Attachments NONE = new Attachments(List.of(), Map.of());

    public Attachments {
        overlays = List.copyOf(overlays);
        images = Map.copyOf(images);
    }
}
