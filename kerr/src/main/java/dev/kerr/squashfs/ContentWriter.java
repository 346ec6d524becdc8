package dev.kerr.squashfs;

import dev.kerr.squashfs.EarlierBlocks.EarlierBlock;
import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.Workbench.Fingerprint;
import dev.kerr.squashfs.WriterSettings.Tails;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Reads the contents of files and has them packed and placed: the caller's thread reads and writes, others pack.
///
/// What is to be done is a queue of steps. Each begins to be worked on when it is added, and is placed, in order, when
/// there are too many under way; so what is written depends on the steps alone.
final class ContentWriter {
    /// Steps under way for a few threads: so many that the others have work while this one looks at a directory.
    private static final int MOST_UNDER_WAY = 64;

    private static final int MOST_BYTES_UNDER_WAY = 8 * 1024 * 1024;

    private final WriterSettings settings;
    private final PackingThreads threads;
    private final BufferPool buffers;
    private final ContentPlacer placer;
    private final EarlierBlocks earlier;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final int mostUnderWay;
    private int underWay;
    private SmallFiles batch;

    ContentWriter(
            WriterSettings settings,
            PackingThreads threads,
            BufferPool buffers,
            ContentPlacer placer,
            EarlierBlocks earlier) {
        this.settings = settings;
        this.threads = threads;
        this.buffers = buffers;
        this.placer = placer;
        this.earlier = earlier;
        int enough = settings.threads() + 4;
        this.mostUnderWay = Math.max(enough, Math.min(MOST_UNDER_WAY, MOST_BYTES_UNDER_WAY / settings.blockSize()));
        this.batch = new SmallFiles(settings.blockSize());
    }

    /// Writes the content of `file`, perhaps later; `node` learns where it is.
    void add(TreeNode node, RegularFile file) throws IOException {
        if (file.size() / settings.blockSize() >= ContentPlacer.MOST_BLOCKS) {
            throw new InvalidTreeException(file.path(), "file of " + file.size() + " bytes is too large");
        }
        if (file.size() == 0) {
            return;
        }
        if (file.size() < settings.blockSize() && settings.tails() != Tails.OWN_BLOCKS) {
            addSmall(node, file);
        } else {
            addLarge(node, file);
        }
    }

    private void addSmall(TreeNode node, RegularFile file) throws IOException {
        if (!batch.hasRoomFor(file)) {
            submitBatch();
        }
        if (batch.isEmpty()) {
            batch.use(buffers.acquire());
        }
        batch.add(node, file);
    }

    private void submitBatch() throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        SmallFiles full = batch;
        batch = new SmallFiles(settings.blockSize());
        makeRoom();
        add(new Step.Small(full, threads.submit(full::readAndKey)));
    }

    private void addLarge(TreeNode node, RegularFile file) throws IOException {
        int blockSize = settings.blockSize();
        EarlierBlocks.Blocks before = earlier.of(file.path());
        try (ContentReader reader = file.content().open()) {
            long left = file.size();
            while (left > 0) {
                long zeros = reader.skipZeros(left, blockSize);
                if (zeros > 0) {
                    steps.addLast(new Step.Hole(zeros));
                    before.skip(zeros / blockSize);
                    left -= zeros;
                    continue;
                }
                int length = (int) Math.min(left, blockSize);
                addBlock(reader, file, length, before.next());
                left -= length;
            }
        }
        steps.addLast(new Step.End(node, file));
    }

    private void addBlock(ContentReader reader, RegularFile file, int length, Optional<EarlierBlock> before)
            throws IOException {
        makeRoom();
        byte[] block = buffers.acquire();
        readFully(reader, file, block, 0, length);
        var kind = Fingerprint.of(file.content());
        boolean isTail = length < settings.blockSize() && settings.tails() == Tails.SHARED;
        if (isTail) {
            add(new Step.Tail(threads.submit(bench -> bench.leave(block, length, kind))));
        } else {
            add(new Step.Block(threads.submit(bench -> bench.pack(block, length, kind, before))));
        }
    }

    /// Reads exactly `length` bytes.
    static void readFully(ContentReader reader, RegularFile file, byte[] into, int from, int length)
            throws IOException {
        int at = 0;
        while (at < length) {
            int count = reader.read(into, from + at, length - at);
            if (count < 0) {
                throw new InvalidTreeException(
                        file.path(), "file is shorter than its " + file.size() + " bytes: does something change it?");
            }
            at += count;
        }
    }

    private void add(Step step) {
        underWay++;
        steps.addLast(step);
    }

    private void makeRoom() throws IOException {
        while (!steps.isEmpty() && (underWay >= mostUnderWay || steps.getFirst().isDone())) {
            placeFirst();
        }
    }

    private void placeFirst() throws IOException {
        Step step = steps.removeFirst();
        if (step.isWork()) {
            underWay--;
        }
        placer.place(step);
    }

    /// Writes all that has come; more may come after it.
    void finish() throws IOException {
        submitBatch();
        while (!steps.isEmpty()) {
            placeFirst();
        }
        placer.finish();
    }
}
