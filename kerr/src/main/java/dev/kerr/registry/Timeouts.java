package dev.kerr.registry;

import java.time.Duration;
import java.util.Objects;

/// How long a registry may keep us waiting.
///
/// @param connect for a connection
/// @param stall for the next byte, in either direction
/// @param document for the whole of a document that is small
public record Timeouts(Duration connect, Duration stall, Duration document) {
    /// For people who wait.
    public static final Timeouts USUAL =
            new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(120));

    public Timeouts {
        Objects.requireNonNull(connect);
        Objects.requireNonNull(stall);
        Objects.requireNonNull(document);
    }
}
