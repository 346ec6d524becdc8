package dev.kerr.export;

import dev.kerr.compress.CompressionSetting;
import dev.kerr.compress.Compressor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;

/// Compresses what is written to it block by block, several at once: a file of many gzip members or zstd frames, which
/// every reader of these formats reads as one. The same input gives the same bytes, whatever the number of threads.
///
/// **Source:** RFC 1952, section 2.2; RFC 8878, section 3.
final class BlockStream extends OutputStream {
    private final OutputStream out;
    private final CompressionSetting compression;
    private final Framing framing;
    private final ExecutorService threads;
    private final int mostWaiting;
    private final Deque<Compressor> compressors = new ConcurrentLinkedDeque<>();
    private final Deque<Future<byte[]>> packed = new ArrayDeque<>();
    private byte[] block;
    private int filled;

    /// What is put around a compressed block.
    enum Framing {
        NONE,
        GZIP
    }

    /// @param out is not closed
    /// @param blockBytes what is compressed at once
    BlockStream(OutputStream out, CompressionSetting compression, Framing framing, int blockBytes, int threads) {
        this.out = Objects.requireNonNull(out);
        this.compression = Objects.requireNonNull(compression);
        this.framing = Objects.requireNonNull(framing);
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory());
        this.mostWaiting = threads + 1;
        this.block = new byte[blockBytes];
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, block.length - filled);
            System.arraycopy(bytes, from + done, block, filled, count);
            filled += count;
            done += count;
            if (filled == block.length) {
                submit();
            }
        }
    }

    /// Writes all that is not yet written; nothing may follow.
    void finish() throws IOException {
        if (filled > 0) {
            submit();
        }
        while (!packed.isEmpty()) {
            writeFirst();
        }
        out.flush();
    }

    private void submit() throws IOException {
        if (packed.size() == mostWaiting) {
            writeFirst();
        }
        byte[] full = block;
        int length = filled;
        packed.addLast(threads.submit(() -> pack(full, length)));
        block = new byte[full.length];
        filled = 0;
    }

    private void writeFirst() throws IOException {
        try {
            out.write(packed.removeFirst().get());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while compressing");
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug);
        }
    }

    private byte[] pack(byte[] content, int length) {
        Optional<Compressor> compressor = Optional.ofNullable(compressors.poll());
        if (compressor.isEmpty()) {
            compressor = compression.compressor(content.length);
        }
        if (compressor.isEmpty()) {
            return Arrays.copyOf(content, length);
        }
        byte[] target = new byte[compressor.get().bound(length)];
        int size = compressor.get().compress(content, length, target);
        compressors.push(compressor.get());
        return switch (framing) {
            case NONE -> Arrays.copyOf(target, size);
            case GZIP -> GzipMember.ofZlib(target, size, checksum(content, length), length);
        };
    }

    private static long checksum(byte[] content, int length) {
        var checksum = new CRC32();
        checksum.update(content, 0, length);
        return checksum.getValue();
    }

    /// Ends the threads and frees what they hold; what was not finished stays unwritten.
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        compressors.forEach(Compressor::close);
    }
}
