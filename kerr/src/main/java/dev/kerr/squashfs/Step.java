package dev.kerr.squashfs;

import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.Workbench.PackedBlock;
import java.util.List;
import java.util.concurrent.Future;

/// A part of writing contents. The parts of a large file follow each other: blocks, holes, a tail, then its end.
sealed interface Step {
    /// A block of a large file.
    record Block(Future<PackedBlock> result) implements Step {}

    /// The end of a large file, when it shares a block with others.
    record Tail(Future<PackedBlock> result) implements Step {}

    /// Zeros of a large file that were not even read.
    ///
    /// @param bytes a multiple of the block size, unless the file ends there
    record Hole(long bytes) implements Step {}

    /// There are no more blocks of the large file.
    record End(TreeNode node, RegularFile file) implements Step {}

    /// Files that have no block of their own, and the keys of their contents.
    record Small(SmallFiles files, Future<List<ContentKey>> result) implements Step {}

    /// Whether other threads have work with it.
    default boolean isWork() {
        return !(this instanceof Hole || this instanceof End);
    }

    /// Whether it can be placed without waiting.
    default boolean isDone() {
        return switch (this) {
            case Block block -> block.result.isDone();
            case Tail tail -> tail.result.isDone();
            case Small small -> small.result.isDone();
            case Hole _, End _ -> true;
        };
    }
}
