package dev.kerr.build;

import dev.kerr.layer.LayerBlob;
import dev.kerr.layer.LayerWriter;
import dev.kerr.log.Reason;
import dev.kerr.squashfs.EntrySource;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A tree of files as a layer: the archive is made while it is read, by a thread of its own.
///
/// @param name what messages call it
record ArchivedLayer(String name, Opening opening) implements LayerBlob {
    private static final int PIPE_BYTES = 1 << 18;
    private static final int BUFFER_BYTES = 1 << 16;

    ArchivedLayer {
        Objects.requireNonNull(name);
        Objects.requireNonNull(opening);
    }

    /// Opens the tree, several times.
    interface Opening {
        EntrySource open() throws IOException;
    }

    @Override
    public InputStream open() throws IOException {
        var in = new PipedInputStream(PIPE_BYTES);
        var out = new PipedOutputStream(in);
        var failure = new CompletableFuture<IOException>();
        Thread.ofPlatform().daemon().name("archive " + name).start(() -> {
            try (out) {
                write(out, failure);
            } catch (IOException closed) {
                return; // nobody reads any more
            }
        });
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int count = super.read(into, from, length);
                if (count < 0 && failure.isDone()) {
                    throw new IOException(Reason.of(failure.resultNow()), failure.resultNow());
                }
                return count;
            }
        };
    }

    private void write(OutputStream out, CompletableFuture<IOException> failure) throws IOException {
        try (var entries = opening.open()) {
            var buffered = new BufferedOutputStream(out, BUFFER_BYTES);
            LayerWriter.writeOver(entries, buffered);
            buffered.flush();
        } catch (IOException failed) {
            failure.complete(failed); // before the end is seen
        }
    }

    @Override
    public Optional<String> diffId() {
        return Optional.empty();
    }
}
