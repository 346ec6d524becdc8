package dev.kerr.layer;

import dev.kerr.bytes.BulkInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A layer that is read, unpacked and checked by a thread of its own, some MiB ahead of who wants it.
final class ReadAhead extends BulkInputStream {
    private static final int PIECES = 16;
    private static final int PIECE_BYTES = 256 * 1024;

    private final BlockingQueue<Piece.Data> empty = new LinkedBlockingQueue<>();
    private final BlockingQueue<Piece> full = new LinkedBlockingQueue<>();
    private final Thread thread;
    private Piece current = Piece.NONE;
    private int at;

    /// @param checksum that the layer had when it was indexed
    ReadAhead(LayerBlob blob, long checksum) {
        for (int i = 0; i < PIECES; i++) {
            empty.add(new Piece.Data(new byte[PIECE_BYTES], 0));
        }
        thread = Thread.ofPlatform().daemon().name("layer " + blob.name()).start(() -> read(blob, checksum));
    }

    /// What goes from thread to thread.
    private sealed interface Piece {
        Data NONE = new Data(new byte[0], 0);

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Data(byte[] bytes, int length) implements Piece {}

        record End() implements Piece {}

        record Failure(Throwable cause) implements Piece {}
    }

    private void read(LayerBlob blob, long checksum) {
        try (LayerStream stream = LayerStream.again(blob)) {
            while (true) {
                Piece.Data piece = empty.take();
                int length = stream.readNBytes(piece.bytes, 0, piece.bytes.length);
                if (length == 0) {
                    break;
                }
                full.add(new Piece.Data(piece.bytes, length));
            }
            if (stream.finish() != checksum) {
                throw new LayerException(blob.name(), "", "it changed while it was read");
            }
            full.add(new Piece.End());
        } catch (InterruptedException e) {
            // That is how close() ends the thread.
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            // Not swallowed: whoever reads gets it.
            full.add(new Piece.Failure(e));
        }
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        while (true) {
            switch (current) {
                case Piece.End _ -> {
                    return -1;
                }
                case Piece.Failure(Throwable cause) -> throw failure(cause);
                case Piece.Data(byte[] bytes, int filled) -> {
                    if (at < filled) {
                        int count = Math.min(length, filled - at);
                        System.arraycopy(bytes, at, into, from, count);
                        at += count;
                        return count;
                    }
                    takeNext();
                }
            }
        }
    }

    private void takeNext() throws InterruptedIOException {
        if (current instanceof Piece.Data used && used.bytes.length > 0) {
            empty.add(used);
        }
        try {
            current = full.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while reading a layer");
            interrupted.initCause(e);
            throw interrupted;
        }
        at = 0;
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException io -> io;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            default -> throw new IllegalStateException(cause);
        };
    }

    /// Ends the thread, wherever it is in the layer.
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
