package dev.kerr.layer;

import dev.kerr.bytes.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/// A layer without its compression, watched as it is read.
final class LayerStream extends BulkInputStream {
    private static final String SHA_256 = "sha256:";

    private final LayerBlob blob;
    private final InputStream stream;
    private final AtomicLong mostBytes;
    private final Optional<MessageDigest> sha256;
    private final CRC32C crc = new CRC32C();

    private LayerStream(LayerBlob blob, InputStream stream, AtomicLong mostBytes, boolean isVerified) {
        this.blob = blob;
        this.stream = stream;
        this.mostBytes = mostBytes;
        this.sha256 = isVerified ? Optional.of(sha256()) : Optional.empty();
    }

    /// Opens a layer, and holds it against its digest if it has one.
    ///
    /// @param mostBytes that may still be read, of several layers
    static LayerStream verified(LayerBlob blob, AtomicLong mostBytes) throws IOException {
        return open(blob, mostBytes, blob.diffId().isPresent());
    }

    /// Opens a layer that has been read before.
    static LayerStream again(LayerBlob blob) throws IOException {
        return open(blob, new AtomicLong(Long.MAX_VALUE), false);
    }

    private static LayerStream open(LayerBlob blob, AtomicLong mostBytes, boolean isVerified) throws IOException {
        InputStream stored = blob.open();
        try {
            return new LayerStream(blob, Decompression.of(stored), mostBytes, isVerified);
        } catch (IOException e) {
            stored.close();
            throw e;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading layer " + blob.name());
        }
        int count = stream.read(into, from, length);
        if (count > 0) {
            if (mostBytes.addAndGet(-count) < 0) {
                throw new LayerException(blob.name(), "", "layers have more bytes than are allowed");
            }
            crc.update(into, from, count);
            sha256.ifPresent(digest -> digest.update(into, from, count));
        }
        return count;
    }

    /// Reads what is left.
    ///
    /// @return a checksum of all of it
    /// @throws LayerException if it has another digest than it should
    long finish() throws IOException {
        transferTo(OutputStream.nullOutputStream());
        if (sha256.isPresent()) {
            String actual = SHA_256 + HexFormat.of().formatHex(sha256.get().digest());
            String expected = blob.diffId().orElseThrow().toLowerCase(Locale.ROOT);
            if (!actual.equals(expected)) {
                throw new LayerException(
                        blob.name(),
                        "",
                        "it is not what the image says: its digest is " + actual + ", not " + expected);
            }
        }
        return crc.getValue();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
