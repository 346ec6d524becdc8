package dev.kerr.squashfs;

import dev.kerr.compress.Compressor;
import dev.kerr.squashfs.Entry.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// Writes SquashFS 4.0 file systems: contents as they come, then all that describes them.
///
/// The same entries in the same order, with the same settings but for threads and progress, make the same bytes.
/// Memory is taken for about 700 bytes a file, for a few blocks a thread and for 32 MiB of blocks beside.
///
/// Source: Linux `fs/squashfs`; layout in `docs/formats/squashfs.md`.
public final class SquashfsWriter {
    /// Sizes are padded to a multiple of this, because a loop device has no smaller blocks.
    public static final int PADDING = 4096;

    private SquashfsWriter() {}

    /// A file system that has been written.
    ///
    /// @param superblock its superblock
    /// @param size bytes of the file that it takes, with padding
    public record Written(Superblock superblock, long size) {}

    /// Writes a file system with `entries` to `out` from `offset` on, its superblock last.
    ///
    /// Directories that are in the path of an entry, but have none themselves, belong to root and have 0755. Neither
    /// `out` nor `entries` is closed, and nothing is forced to the disk. When writing fails, the file may have anything
    /// behind `offset`, but no superblock there that was not there before.
    ///
    /// @param out a file open for writing; its own position is neither used nor moved, and what it has behind the file
    ///     system is left
    /// @throws InvalidTreeException if the entries make no tree, or one that SquashFS has no room for
    /// @throws IOException if an entry or its content cannot be read, or `out` not be written
    public static Written write(FileChannel out, long offset, EntrySource entries, WriterSettings settings)
            throws IOException {
        return write(out, offset, entries, settings, EarlierBlocks.NONE);
    }

    /// As the other, taking blocks that are the same from `earlier`. It writes the same bytes.
    public static Written write(
            FileChannel out, long offset, EntrySource entries, WriterSettings settings, EarlierBlocks earlier)
            throws IOException {
        var output = new Output(out, offset);
        byte[] options = CompressorOptions.of(settings.compression());
        output.moveTo(Superblock.SIZE);
        output.append(options, options.length);
        var tree = new Tree(settings.modifiedSeconds());
        FragmentBlocks fragments = writeContents(entries, tree, output, settings, earlier);
        tree.resolve();
        Optional<Compressor> compressor = settings.compression().compressor(settings.blockSize());
        try {
            return new TableWriter(output, settings, compressor).write(tree, fragments);
        } finally {
            compressor.ifPresent(Compressor::close);
        }
    }

    private static FragmentBlocks writeContents(
            EntrySource entries, Tree tree, Output output, WriterSettings settings, EarlierBlocks earlier)
            throws IOException {
        int blockSize = settings.blockSize();
        var buffers = new BufferPool(bufferBytes(settings));
        try (var threads = new PackingThreads(settings, buffers)) {
            var fragments = new FragmentBlocks(threads, buffers, output, earlier, blockSize);
            var placer = new ContentPlacer(settings, output, fragments, buffers);
            var contents = new ContentWriter(settings, threads, buffers, placer, earlier);
            int group = 0;
            for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
                if (entries.group() != group) {
                    contents.finish();
                    group = entries.group();
                }
                TreeNode node = tree.add(entry.get());
                if (entry.get() instanceof RegularFile file) {
                    contents.add(node, file);
                }
            }
            contents.finish();
            return fragments;
        }
    }

    /// Enough for a block, and for what it becomes.
    private static int bufferBytes(WriterSettings settings) {
        Optional<Compressor> compressor = settings.compression().compressor(settings.blockSize());
        if (compressor.isEmpty()) {
            return settings.blockSize();
        }
        try (Compressor measured = compressor.get()) {
            return Math.max(settings.blockSize(), measured.bound(settings.blockSize()));
        }
    }
}
