package dev.kerr.sif;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// A SIF file to be written.
///
/// @param launchScript less than 32 bytes; may be empty
/// @param stamp id and time
/// @param slots of the descriptor table, used or not
/// @param objects in the order of their ids, from 1; at most one is the primary partition
public record NewSif(String launchScript, Stamp stamp, int slots, List<NewObject> objects) {
    /// Slots of an image unless it needs more.
    public static final int DEFAULT_SLOTS = 48;

    /// Slots of an OCI image beyond those that it needs.
    ///
    /// Source: sylabs/singularity `internal/pkg/ocisif/imagewriter.go`.
    private static final int SPARE_SLOTS = 8;

    /// Refuses what a SIF file cannot be.
    public NewSif {
        Objects.requireNonNull(stamp);
        objects = List.copyOf(objects);
        if (launchScript.getBytes(StandardCharsets.UTF_8).length >= SifHeader.LAUNCH_SIZE) {
            throw new IllegalArgumentException(
                    "launch script is longer than " + (SifHeader.LAUNCH_SIZE - 1) + " bytes");
        }
        if (slots < objects.size() || slots > SifHeader.MOST_DESCRIPTORS) {
            throw new IllegalArgumentException(slots + " slots for " + objects.size() + " objects");
        }
        if (objects.stream().filter(NewObject::isPrimaryPartition).count() > 1) {
            throw new IllegalArgumentException("two primary partitions");
        }
    }

    /// An image that can be run as a program, with the usual number of slots.
    public static NewSif runnable(Stamp stamp, List<NewObject> objects) {
        return new NewSif(SifHeader.LAUNCH_SCRIPT, stamp, DEFAULT_SLOTS, objects);
    }

    /// An OCI image in a file: not a program, the same each time, and with room for layers and signatures to come.
    public static NewSif ofOciImage(List<NewObject> objects) {
        return new NewSif("", Stamp.NONE, objects.size() + SPARE_SLOTS, objects);
    }

    /// The architecture for the header: that of the primary partition.
    Architecture architecture() {
        for (NewObject object : objects) {
            if (object.isPrimaryPartition() && object.extra() instanceof Extra.Partition partition) {
                return partition.architecture();
            }
        }
        return Architecture.UNKNOWN;
    }
}
