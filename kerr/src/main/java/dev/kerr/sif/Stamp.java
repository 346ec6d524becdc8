package dev.kerr.sif;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;

/// What tells one making of an image from another: its id and its time.
///
/// @param id [SifHeader#NO_ID] for none
/// @param time of header and objects; whole seconds are kept
public record Stamp(UUID id, Instant time) {
    /// No id and no time at all.
    public static final Stamp NONE = new Stamp(SifHeader.NO_ID, Instant.ofEpochSecond(SifHeader.NO_TIME));

    /// Refuses null.
    public Stamp {
        Objects.requireNonNull(id);
        Objects.requireNonNull(time);
    }

    /// The same however often the image is made: no id, and a time that the caller fixed, as by
    /// `SOURCE_DATE_EPOCH`.
    public static Stamp reproducible(Instant time) {
        return new Stamp(SifHeader.NO_ID, time);
    }

    /// A random id (version 4, from a secure source) and the time it is.
    public static Stamp fresh(InstantSource clock) {
        return new Stamp(UUID.randomUUID(), clock.instant());
    }
}
