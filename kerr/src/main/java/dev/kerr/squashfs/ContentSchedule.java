package dev.kerr.squashfs;

import dev.kerr.squashfs.UnpackingWork.Batch;
import dev.kerr.squashfs.UnpackingWork.NewFile;
import dev.kerr.squashfs.UnpackingWork.Piece;
import dev.kerr.squashfs.UnpackingWork.SharedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Shares the contents of files among threads: those that have a fragment block in common go to the same thread,
/// so that it is unpacked once, and a large file goes to many.
///
/// Files are held back until there are enough of them to see which are neighbours; their number is bounded.
final class ContentSchedule {
    private static final int FEWEST_HELD = 64;
    private static final int MOST_HELD = 2048;
    private static final long MOST_HELD_BYTES = 32L << 20;
    private static final long BATCH_BYTES = 1L << 20;
    private static final int BATCH_FILES = 64;
    private static final long LONG_BATCH_BYTES = 8L << 20;

    /// A file of more than two of these is large.
    private static final long PIECE_BYTES = 4L << 20;

    private static final Comparator<NewFile> BY_PLACE = Comparator.comparingLong(ContentSchedule::fragment)
            .thenComparingLong(file -> file.inode().content().start());

    private final SquashfsReader reader;
    private final UnpackingThreads threads;
    private final NewFiles host;
    private final ContentUnpacker unpacker;
    private final int root;
    private final List<NewFile> held = new ArrayList<>();
    private int mostHeld = FEWEST_HELD;
    private long heldBytes;

    ContentSchedule(
            SquashfsReader reader, UnpackingThreads threads, NewFiles host, ContentUnpacker unpacker, int root) {
        this.reader = reader;
        this.threads = threads;
        this.host = host;
        this.unpacker = unpacker;
        this.root = root;
    }

    private static long fragment(NewFile file) {
        return file.inode().content().fragment().orElse(-1);
    }

    /// One more file to be made.
    void add(NewFile file) throws IOException {
        if (file.inode().size() > 2 * PIECE_BYTES) {
            addPieces(file);
            return;
        }
        held.add(file);
        heldBytes += file.inode().size();
        if (held.size() >= mostHeld || heldBytes >= MOST_HELD_BYTES) {
            flush();
            mostHeld = Math.min(MOST_HELD, 2 * mostHeld);
        }
    }

    /// There are no more files.
    void flush() throws IOException {
        held.sort(BY_PLACE);
        int first = 0;
        long bytes = 0;
        for (int i = 0; i < held.size(); i++) {
            if (i > first && isEnough(i, i - first, bytes)) {
                threads.submit(new Batch(List.copyOf(held.subList(first, i))));
                first = i;
                bytes = 0;
            }
            bytes += held.get(i).inode().size();
        }
        if (first < held.size()) {
            threads.submit(new Batch(List.copyOf(held.subList(first, held.size()))));
        }
        held.clear();
        heldBytes = 0;
    }

    /// Whether a batch of so many files ends before the file at `index`.
    private boolean isEnough(int index, int files, long bytes) {
        if (bytes < BATCH_BYTES && files < BATCH_FILES) {
            return false;
        }
        long fragment = fragment(held.get(index));
        boolean isShared = fragment >= 0 && fragment == fragment(held.get(index - 1));
        return !isShared || bytes >= LONG_BATCH_BYTES;
    }

    private void addPieces(NewFile file) throws IOException {
        var shared = new SharedFile(host.makeFile(root, file.path()), file);
        threads.progress().opened(shared);
        long size = file.inode().size();
        host.setSize(shared.fd(), size, file.path());
        FileContent.Place start = FileContent.Place.start(file.inode());
        FileContent content = reader.content(file.inode(), start, new byte[0]);
        while (start.left() > 0) {
            long skipped = content.skip(PIECE_BYTES);
            FileContent.Place end = content.place();
            if (hasData(file, start, end)) {
                shared.addPiece();
                threads.submit(new Piece(shared, start, size - end.left()));
            } else {
                threads.passOver(skipped);
            }
            start = end;
        }
        unpacker.release(shared);
    }

    private static boolean hasData(NewFile file, FileContent.Place start, FileContent.Place end) {
        return end.position() > start.position()
                || end.left() == 0 && file.inode().content().fragment().isPresent();
    }
}
