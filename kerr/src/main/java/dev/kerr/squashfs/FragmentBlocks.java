package dev.kerr.squashfs;

import dev.kerr.squashfs.EarlierBlocks.EarlierBlock;
import dev.kerr.squashfs.Workbench.PackedBlock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Future;

/// The blocks that ends of files share: filled one after the other, packed on other threads, written in order.
///
/// A fragment is written when a fixed number of others behind it is full, so that where it is written does not depend
/// on
/// how fast it was packed.
final class FragmentBlocks {
    /// Enough for many threads, and for the memory of all machines.
    private static final int MOST_WAITING_BYTES = 16 * 1024 * 1024;

    private static final int MOST_WAITING = 64;

    private final PackingThreads threads;
    private final BufferPool buffers;
    private final Output output;
    private final EarlierBlocks earlier;
    private final int blockSize;
    private final int mostWaiting;
    private final Deque<Future<PackedBlock>> waiting = new ArrayDeque<>();
    private final LongList entries = new LongList();
    private byte[] open = {};
    private String first = "";
    private int filled;
    private int count;

    FragmentBlocks(PackingThreads threads, BufferPool buffers, Output output, EarlierBlocks earlier, int blockSize) {
        this.threads = threads;
        this.buffers = buffers;
        this.output = output;
        this.earlier = earlier;
        this.blockSize = blockSize;
        this.mostWaiting = Math.min(MOST_WAITING, MOST_WAITING_BYTES / blockSize);
    }

    /// Where the end of a file is.
    record Place(int fragment, int offset) {}

    /// Puts `length` bytes of `source` from `from` on, at most a block, into a fragment: the end of a file. May write
    /// other fragments, so
    /// not to be called amid the blocks of a file.
    Place add(String path, byte[] source, int from, int length) throws IOException {
        if (filled + length > blockSize) {
            seal();
        }
        if (open.length == 0) {
            open = buffers.acquire();
            first = path;
        }
        System.arraycopy(source, from, open, filled, length);
        var place = new Place(count, filled);
        filled += length;
        return place;
    }

    private void seal() throws IOException {
        byte[] block = open;
        int length = filled;
        Optional<EarlierBlock> before = earlier.sharedFrom(first);
        waiting.addLast(threads.submit(bench -> bench.packAnything(block, length, before)));
        open = new byte[0];
        filled = 0;
        count++;
        if (waiting.size() > mostWaiting) {
            write(waiting.removeFirst());
        }
    }

    private void write(Future<PackedBlock> future) throws IOException {
        PackedBlock packed = PackingThreads.result(future);
        entries.add(output.position());
        entries.add(packed.encodedSize());
        output.append(packed.bytes(), packed.size());
        buffers.release(packed.bytes());
    }

    /// Writes all that has been added; what comes after it shares no block with that.
    void finish() throws IOException {
        if (filled > 0) {
            seal();
        }
        while (!waiting.isEmpty()) {
            write(waiting.removeFirst());
        }
    }

    /// How many there are, once finished.
    int count() {
        return count;
    }

    /// The table of fragments: 16 bytes each, position (8), size (4), unused (4).
    void writeTable(MetadataWriter table) {
        for (int i = 0; i < entries.size(); i += 2) {
            table.put64(entries.get(i));
            table.put32(entries.get(i + 1));
            table.put32(0);
        }
    }
}
