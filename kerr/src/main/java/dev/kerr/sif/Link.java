package dev.kerr.sif;

/// What an object belongs to beside its group: a signature to the group it signs, a wrapped key to the partition
/// it opens.
public sealed interface Link {
    /// Nothing.
    record None() implements Link {}

    /// One object.
    ///
    /// @param id its id, 1 to 2²⁸ − 1
    record ToObject(long id) implements Link {
        /// Refuses what the file cannot hold.
        public ToObject {
            Descriptor.requireId(id);
        }
    }

    /// All objects of a group.
    ///
    /// @param id the group's number, 1 to 2²⁸ − 1
    record ToGroup(long id) implements Link {
        /// Refuses what the file cannot hold.
        public ToGroup {
            Descriptor.requireId(id);
        }
    }
}
