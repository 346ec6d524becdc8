package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.compress.CompressionSetting.Zstd;

/// How a file system is to be written.
///
/// @param compression of data and metadata alike
/// @param blockSize bytes of an unpacked data block, a power of two from [#SMALLEST_BLOCK] to [#LARGEST_BLOCK]
/// @param tails where the ends of files go
/// @param modifiedSeconds when the file system was made, and the time of directories that no entry describes: Unix
///     seconds, 0 to 4294967295
/// @param threads that compress, at least 1; what is written does not depend on it
/// @param progress is told what has been done
public record WriterSettings(
        CompressionSetting compression,
        int blockSize,
        Tails tails,
        long modifiedSeconds,
        int threads,
        Progress progress) {
    /// Bytes of the smallest block.
    public static final int SMALLEST_BLOCK = 4 * 1024;
    /// Bytes of the largest block.
    public static final int LARGEST_BLOCK = 1024 * 1024;
    /// Bytes of a block where nobody says otherwise, as in mksquashfs.
    public static final int DEFAULT_BLOCK = 128 * 1024;

    private static final long LATEST = 0xffff_ffffL;

    /// Where the ends of files go that do not fill a block.
    public enum Tails {
        /// Each into a block of its own: largest, and each file is read alone.
        OWN_BLOCKS,
        /// Those of files smaller than a block share blocks with others, as with mksquashfs.
        SHARED_BY_SMALL_FILES,
        /// All share blocks with others: smallest, but the end of each file has to be fetched from elsewhere.
        SHARED
    }

    /// Is told, on the thread that called the writer, how far it has come.
    public interface Progress {
        /// So many bytes of content have been read since the last call, and so many bytes written.
        void advanced(long bytesRead, long bytesWritten);
    }

    /// Refuses what is out of range.
    public WriterSettings {
        requireNonNull(compression);
        requireNonNull(tails);
        requireNonNull(progress);
        if (Integer.bitCount(blockSize) != 1 || blockSize < SMALLEST_BLOCK || blockSize > LARGEST_BLOCK) {
            throw new IllegalArgumentException("block size " + blockSize + " is no power of two from 4 KiB to 1 MiB");
        }
        if (modifiedSeconds < 0 || modifiedSeconds > LATEST || threads < 1) {
            throw new IllegalArgumentException("no such time or threads: " + modifiedSeconds + ", " + threads);
        }
    }

    /// The usual settings: zstd, 128 KiB, all processors.
    public static WriterSettings usual(long modifiedSeconds) {
        return new WriterSettings(
                new Zstd(Zstd.DEFAULT_LEVEL),
                DEFAULT_BLOCK,
                Tails.SHARED_BY_SMALL_FILES,
                modifiedSeconds,
                Runtime.getRuntime().availableProcessors(),
                (bytesRead, bytesWritten) -> {});
    }

    /// As a file system was written, as far as it tells: the level of its compression is the usual one.
    public static WriterSettings like(Superblock written) {
        CompressionSetting compression = (written.flags() & Superblock.NOTHING_COMPRESSED) != 0
                ? new CompressionSetting.None()
                : CompressionSetting.parse(written.compression().label()).orElse(new Zstd(Zstd.DEFAULT_LEVEL));
        Tails tails = Tails.SHARED_BY_SMALL_FILES;
        if ((written.flags() & Superblock.NO_FRAGMENTS) != 0) {
            tails = Tails.OWN_BLOCKS;
        } else if ((written.flags() & Superblock.ALWAYS_FRAGMENTS) != 0) {
            tails = Tails.SHARED;
        }
        return usual(written.modifiedSeconds())
                .with(compression)
                .withBlockSize(written.blockSize())
                .with(tails);
    }

    /// The same with another compression.
    public WriterSettings with(CompressionSetting other) {
        return new WriterSettings(other, blockSize, tails, modifiedSeconds, threads, progress);
    }

    /// The same with another block size.
    public WriterSettings withBlockSize(int other) {
        return new WriterSettings(compression, other, tails, modifiedSeconds, threads, progress);
    }

    /// The same with tails elsewhere.
    public WriterSettings with(Tails other) {
        return new WriterSettings(compression, blockSize, other, modifiedSeconds, threads, progress);
    }

    /// The same with other threads.
    public WriterSettings withThreads(int other) {
        return new WriterSettings(compression, blockSize, tails, modifiedSeconds, other, progress);
    }

    /// The same with another listener.
    public WriterSettings with(Progress other) {
        return new WriterSettings(compression, blockSize, tails, modifiedSeconds, threads, other);
    }
}
