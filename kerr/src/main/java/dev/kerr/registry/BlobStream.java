package dev.kerr.registry;

import dev.kerr.bytes.BulkInputStream;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// The content of a blob as it comes from a registry. A connection that breaks is replaced by another that goes on
/// where it broke. The end of the stream is reached only if size and digest are those of the descriptor: until then
/// what was read is not to be trusted, and whoever stops before must call [#finish()]. For one reader.
public final class BlobStream extends BulkInputStream {
    /// So much must come between two breaks for the second to count as the first.
    private static final long PROGRESS = 1 << 20;

    /// How long the end of a part may take to be seen, behind its last byte.
    private static final Duration END_OF_PART = Duration.ofSeconds(1);

    private final Outgoing request;
    private final long size;
    private final Optional<Digest> digest;
    private final Opener opener;
    private final Retrier retrier;
    private final MessageDigest computation;
    private Response response;
    private Optional<PartsAhead> ahead = Optional.empty();
    private long end;
    private long count;
    private long countAtBreak;
    private int breaks;
    private boolean ended;

    /// Asks for bytes of the blob.
    interface Opener {
        /// @param end behind the last byte; the size of the blob for all that is left of it
        Response open(long offset, long end) throws IOException;
    }

    /// What a content should be.
    ///
    /// @param size in bytes
    /// @param digest empty where nobody says; then the opener has to see to it that it is the same content again
    record Expected(long size, Optional<Digest> digest) {
        Expected {
            Objects.requireNonNull(digest);
        }

        private Digest.Algorithm algorithm() {
            return digest.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
        }
    }

    /// What is there of a blob before it is asked for.
    ///
    /// @param count of its first bytes
    /// @param computation that they went through
    record Begun(long count, MessageDigest computation) {
        static Begun nothing(Digest.Algorithm algorithm) {
            return new Begun(0, algorithm.start());
        }

        static Begun of(Digest digest, InputStream bytes) throws IOException {
            MessageDigest computation = digest.algorithm().start();
            long count = new DigestInputStream(bytes, computation).transferTo(OutputStream.nullOutputStream());
            return new Begun(count, computation);
        }

        private MessageDigest copy() {
            try {
                return (MessageDigest) computation.clone();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException("Java's own hashes can be copied", impossible);
            }
        }
    }

    private BlobStream(
            Outgoing request,
            Expected expected,
            Opener opener,
            Retrier retrier,
            Begun begun,
            Response response,
            long end) {
        this.request = Objects.requireNonNull(request);
        this.size = expected.size();
        this.digest = expected.digest();
        this.opener = Objects.requireNonNull(opener);
        this.retrier = Objects.requireNonNull(retrier);
        this.computation = begun.copy();
        this.count = begun.count;
        this.countAtBreak = begun.count;
        this.response = Objects.requireNonNull(response);
        this.end = end;
    }

    /// The bytes that come after those that were begun, which count for the digest.
    ///
    /// @throws RegistryException if there is no such blob, or not of this size
    static BlobStream open(
            Outgoing request, Descriptor descriptor, Opener opener, Retrier retrier, Begun begun, Parts parts)
            throws IOException {
        var expected = new Expected(descriptor.size(), Optional.of(descriptor.digest()));
        long size = expected.size();
        long end = parts.areWorthIt(size - begun.count) ? parts.end(begun.count, size) : size;
        if (begun.count > 0 || end < size) {
            try {
                var stream =
                        new BlobStream(request, expected, opener, retrier, begun, opener.open(begun.count, end), end);
                stream.requirePart();
                if (stream.end < size) {
                    stream.ahead = Optional.of(new PartsAhead(opener, parts, stream.end, size));
                }
                return stream;
            } catch (RegistryException refused) {
                if (refused.isTransient()) {
                    throw refused;
                }
                // it may be that it gives only the whole
            }
        }
        var stream = new BlobStream(request, expected, opener, retrier, begun, opener.open(0, size), size);
        stream.requirePart();
        return stream;
    }

    /// @param first the answer of a server to the request for all of it
    static BlobStream of(Outgoing request, Expected expected, Opener opener, Retrier retrier, Response first)
            throws IOException {
        Begun begun = Begun.nothing(expected.algorithm());
        var stream = new BlobStream(request, expected, opener, retrier, begun, first, expected.size());
        stream.requireLength(expected.size());
        return stream;
    }

    /// @return −1 only if everything was read and is what it should be
    /// @throws RegistryException if it is not, or the registry gives no more
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0 || ended) {
            return length == 0 ? 0 : -1;
        }
        while (count < size) {
            if (count == end) {
                nextPart();
            }
            int read = readSome(into, offset, (int) Math.min(length, end - count));
            if (read > 0) {
                computation.update(into, offset, read);
                count += read;
                return read;
            }
        }
        requireEnd();
        return -1;
    }

    /// Reads what is left and verifies the whole.
    ///
    /// @throws RegistryException as reading does
    public void finish() throws IOException {
        transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public void close() {
        response.close();
        ahead.ifPresent(PartsAhead::close);
    }

    private void nextPart() throws IOException {
        response.discard(END_OF_PART); // there is no more, and its connection can be used again
        PartsAhead.Arrived next;
        try {
            next = ahead.orElseThrow().take();
        } catch (RegistryException refused) {
            // that may have been while the connection before it broke; if not, the next request is refused too
            reconnect(request.fault(Problem.BROKEN, "the part from byte " + count + " on did not come", ""));
            return;
        }
        response = next.response();
        end = next.end();
        requirePart();
    }

    /// @return 0 if the connection broke and there is another
    private int readSome(byte[] into, int offset, int length) throws IOException {
        try {
            int read = response.body().read(into, offset, length);
            if (read > 0) {
                return read;
            }
            reconnect(request.fault(Problem.BROKEN, "the content ends after " + count + " of " + size + " bytes", ""));
        } catch (RegistryException e) {
            reconnect(e);
        }
        return 0;
    }

    private void reconnect(RegistryException broken) throws IOException {
        response.close();
        breaks = count - countAtBreak >= PROGRESS ? 1 : breaks + 1;
        countAtBreak = count;
        if (breaks >= retrier.tries() || !broken.isTransient()) {
            throw broken;
        }
        retrier.pauseBehind(breaks);
        ahead.ifPresent(PartsAhead::close);
        ahead = Optional.empty();
        end = size;
        response = opener.open(count, end);
        requirePart();
    }

    /// The answer must be the part that was asked for, or the whole, of which what was read is then passed over.
    private void requirePart() throws IOException {
        if (response.status() != 206) {
            end = size;
            requireLength(size);
            skip();
            return;
        }
        if (count > 0 || end < size) {
            requireRange();
        }
        requireLength(end - count);
    }

    /// The registry begins anew: what was read comes once more.
    private void skip() throws IOException {
        byte[] again = new byte[64 << 10];
        long left = count;
        while (left > 0) {
            int read = response.body().read(again, 0, (int) Math.min(left, again.length));
            if (read < 0) {
                return; // shows as a break at the next read
            }
            left -= read;
        }
    }

    /// **Source:** RFC 9110, section 14.4.
    private void requireRange() throws RegistryException {
        String wanted = "bytes " + count + "-" + (end - 1) + "/";
        String given = response.header("Content-Range").orElse("");
        if (!given.equals(wanted + size) && !given.equals(wanted + "*")) {
            response.close();
            throw request.fault(Problem.WRONG_ANSWER, "the registry sends another range than was asked for", "");
        }
    }

    private void requireLength(long expected) throws RegistryException {
        long announced = response.length().orElse(expected);
        if (announced != expected) {
            response.close();
            throw request.fault(
                    Problem.WRONG_CONTENT,
                    "it has " + (size - expected + announced) + " bytes, and should have " + size,
                    "");
        }
    }

    private void requireEnd() throws IOException {
        ended = true;
        if (hasMore()) {
            throw request.fault(Problem.WRONG_CONTENT, "it has more than the " + size + " bytes it should have", "");
        }
        if (digest.isEmpty()) {
            return;
        }
        Digest found = Digest.finish(digest.get().algorithm(), computation.digest());
        if (!found.equals(digest.get())) {
            throw request.fault(
                    Problem.WRONG_CONTENT,
                    "its content was changed: its digest is " + found + ", and should be " + digest.get(),
                    "");
        }
    }

    /// A connection that breaks behind the last byte does no harm.
    private boolean hasMore() throws IOException {
        try {
            return response.body().read() >= 0;
        } catch (RegistryException e) {
            return false;
        } finally {
            response.close();
        }
    }
}
