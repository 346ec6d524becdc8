package dev.kerr.registry;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// The body of a request: a stretch of some content.
///
/// @param length in bytes; 0 for no body
record Payload(BlobContent content, long offset, long length) {
    static final Payload NONE = new Payload(InputStream::nullInputStream, 0, 0);

    Payload {
        Objects.requireNonNull(content);
    }

    static Payload of(byte[] bytes) {
        return new Payload(() -> new ByteArrayInputStream(bytes), 0, bytes.length);
    }

    /// @param taken counts the times that bytes were taken to be sent
    BodyPublisher publisher(AtomicLong taken) {
        if (length == 0) {
            return BodyPublishers.noBody();
        }
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(taken)), length);
    }

    private InputStream open(AtomicLong taken) {
        try {
            InputStream in = content.open();
            in.skipNBytes(offset);
            return new Stretch(in, length, taken);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Stretch extends FilterInputStream {
        private final AtomicLong taken;
        private long left;

        Stretch(InputStream in, long length, AtomicLong taken) {
            super(in);
            this.left = length;
            this.taken = taken;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            taken.incrementAndGet();
            if (left == 0) {
                return -1;
            }
            int read = in.read(into, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }
    }
}
