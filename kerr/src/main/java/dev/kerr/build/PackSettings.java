package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Superblock;
import dev.kerr.squashfs.WriterSettings;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.util.Optional;

/// How the root file system of an image is packed.
///
/// @param blockSize bytes, a power of two from 4 KiB to 1 MiB
/// @param tails where the ends of files go
/// @param owners of the files in the image
/// @param effort what of the machine the work may take; the image does not depend on it
public record PackSettings(CompressionSetting compression, int blockSize, Tails tails, Owners owners, Effort effort) {
    /// What strong compression takes for a block, measured as a multiple of it.
    private static final long STRONG_BLOCKS = 24;

    private static final int FIRST_STRONG_LEVEL = 13;

    public PackSettings {
        requireNonNull(compression);
        requireNonNull(tails);
        requireNonNull(owners);
        requireNonNull(effort);
        if (!isBlockSize(blockSize)) {
            throw new IllegalArgumentException("block size " + blockSize);
        }
    }

    /// Whose the files in the image are.
    public enum Owners {
        /// As root of the build sees them.
        KEPT,
        /// Root's, all of them.
        ROOT;

        /// Entries as they are to be packed.
        EntrySource of(EntrySource entries) {
            return switch (this) {
                case KEPT -> entries;
                case ROOT ->
                    entries.changed(entry -> Optional.of(
                            entry instanceof Entry.Original original
                                    ? original.with(original.metadata().ownedBy(0, 0))
                                    : entry));
            };
        }
    }

    /// What the work may take.
    ///
    /// @param threads that compress, at least 1; fewer do where memory is short
    /// @param memoryBytes of the JVM's heap, which is most of the memory that the work takes
    public record Effort(int threads, long memoryBytes) {
        /// Takes packing to 512 MiB in all.
        private static final long USUAL_MEMORY = 384L << 20;

        private static final long LEAST_MEMORY = 64L << 20;

        /// One thread reads, and cannot keep more than that busy.
        private static final int MOST_USUAL_THREADS = 32;

        /// Less memory than the JVM can work with is taken for the least.
        public Effort {
            if (threads < 1) {
                throw new IllegalArgumentException(threads + " threads");
            }
            memoryBytes = Math.max(memoryBytes, LEAST_MEMORY);
        }

        /// All processors that this process may use, and little memory.
        public static Effort usual() {
            int processors = Runtime.getRuntime().availableProcessors();
            return new Effort(Math.min(processors, MOST_USUAL_THREADS), USUAL_MEMORY);
        }

        /// The same with other threads.
        public Effort withThreads(int other) {
            return new Effort(other, memoryBytes);
        }

        /// The same with other memory.
        public Effort withMemory(long otherBytes) {
            return new Effort(threads, otherBytes);
        }
    }

    /// All that a packed file depends on.
    String content() {
        return compression + " " + blockSize + " " + tails + " " + owners;
    }

    /// How many threads compress at once: as many as wanted, unless each takes so much that memory does not suffice.
    int threadsAtOnce() {
        long bytesOfThread = isStrong() ? STRONG_BLOCKS * blockSize : 0;
        long most = bytesOfThread == 0 ? effort.threads : effort.memoryBytes / 3 * 2 / bytesOfThread;
        return (int) Math.max(1, Math.min(effort.threads, most));
    }

    private boolean isStrong() {
        return switch (compression) {
            case CompressionSetting.Xz _ -> true;
            case CompressionSetting.Zstd zstd -> zstd.level() >= FIRST_STRONG_LEVEL;
            case CompressionSetting.None _, CompressionSetting.Gzip _, CompressionSetting.Lz4 _ -> false;
        };
    }

    /// zstd of level 3 in blocks of 128 KiB.
    public static PackSettings usual() {
        return new PackSettings(
                new CompressionSetting.Zstd(CompressionSetting.Zstd.DEFAULT_LEVEL),
                WriterSettings.DEFAULT_BLOCK,
                Tails.SHARED_BY_SMALL_FILES,
                Owners.KEPT,
                Effort.usual());
    }

    /// As an image was packed, as far as it tells.
    public static PackSettings like(Superblock packed) {
        WriterSettings settings = WriterSettings.like(packed);
        return usual().with(settings.compression())
                .withBlockSize(settings.blockSize())
                .with(settings.tails());
    }

    /// Whether SquashFS has blocks of this size.
    public static boolean isBlockSize(long bytes) {
        return Long.bitCount(bytes) == 1
                && bytes >= WriterSettings.SMALLEST_BLOCK
                && bytes <= WriterSettings.LARGEST_BLOCK;
    }

    /// The same with another compression.
    public PackSettings with(CompressionSetting other) {
        return new PackSettings(other, blockSize, tails, owners, effort);
    }

    /// The same with blocks of another size.
    public PackSettings withBlockSize(int other) {
        return new PackSettings(compression, other, tails, owners, effort);
    }

    /// The same with the ends of files elsewhere.
    public PackSettings with(Tails other) {
        return new PackSettings(compression, blockSize, other, owners, effort);
    }

    /// The same with other owners.
    public PackSettings with(Owners other) {
        return new PackSettings(compression, blockSize, tails, other, effort);
    }

    /// The same with another effort.
    public PackSettings with(Effort other) {
        return new PackSettings(compression, blockSize, tails, owners, other);
    }
}
