package dev.kerr.sif;

import java.util.Objects;

/// A choice among the objects of a file, to be combined with others by [Sif#select].
public sealed interface Selector {
    /// The object of this id.
    record Id(int id) implements Selector {}

    /// All objects in this group.
    record InGroup(long group) implements Selector {}

    /// All objects in no group.
    record InNoGroup() implements Selector {}

    /// All objects with this link.
    record Linked(Link link) implements Selector {
        /// Refuses null.
        public Linked {
            Objects.requireNonNull(link);
        }
    }

    /// All objects of this type.
    record OfType(DataType type) implements Selector {
        /// Refuses null.
        public OfType {
            Objects.requireNonNull(type);
        }
    }

    /// All partitions for this purpose.
    record OfPurpose(PartitionType purpose) implements Selector {
        /// Refuses null.
        public OfPurpose {
            Objects.requireNonNull(purpose);
        }
    }

    /// All objects of this name.
    record Named(String name) implements Selector {
        /// Refuses null.
        public Named {
            Objects.requireNonNull(name);
        }
    }

    /// All indexes and blobs of OCI with this digest.
    record OfDigest(String digest) implements Selector {
        /// Refuses null.
        public OfDigest {
            Objects.requireNonNull(digest);
        }
    }

    /// Whether a descriptor is among the chosen.
    default boolean chooses(Descriptor descriptor) {
        return switch (this) {
            case Id(int id) -> descriptor.id() == id;
            case InGroup(long group) ->
                descriptor.group().isPresent() && descriptor.group().getAsLong() == group;
            case InNoGroup() -> descriptor.group().isEmpty();
            case Linked(Link link) -> descriptor.link().equals(link);
            case OfType(DataType type) -> descriptor.type() == type;
            case OfPurpose(PartitionType purpose) ->
                descriptor.extra() instanceof Extra.Partition partition && partition.partitionType() == purpose;
            case Named(String name) -> descriptor.name().equals(name);
            case OfDigest(String digest) -> descriptor.extra().equals(new Extra.OciDigest(digest));
        };
    }
}
