package dev.kerr.layer;

import dev.kerr.bytes.BulkInputStream;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// What is in a gzip file, all members of it.
///
/// Written because that of the JDK asks the stream below for `available()` to see whether another member follows, and
/// loses it where that says 0 before the end.
///
/// **Source:** RFC 1952.
final class GzipStream extends BulkInputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int TRAILER_SIZE = 8;
    private static final int FIXED_HEADER_SIZE = 10;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int HAS_CHECKSUM = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    private final InputStream stream;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int filled;
    private long filledBefore;
    private boolean isInMember;
    private boolean isAtEnd;

    /// @param stream the file from its first byte on; closed with this
    GzipStream(InputStream stream) {
        this.stream = stream;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!isAtEnd) {
            if (!isInMember && !beginMember()) {
                isAtEnd = true;
                break;
            }
            int count = inflate(into, from, length);
            if (count > 0) {
                crc.update(into, from, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                feed();
            }
        }
        return -1;
    }

    private int inflate(byte[] into, int from, int length) throws IOException {
        try {
            return inflater.inflate(into, from, length);
        } catch (DataFormatException e) {
            FormatException damaged = wrong("is damaged: " + e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }

    private void feed() throws IOException {
        if (!fill()) {
            throw wrong("is truncated");
        }
        inflater.setInput(buffer, 0, filled);
        at = filled;
    }

    private boolean fill() throws IOException {
        filledBefore += filled;
        at = 0;
        filled = Math.max(0, stream.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    /// @return false if there is none
    private boolean beginMember() throws IOException {
        if (at == filled && !fill()) {
            return false;
        }
        byte[] header = new byte[FIXED_HEADER_SIZE];
        for (int i = 0; i < header.length; i++) {
            header[i] = (byte) next();
        }
        int flags = LittleEndian.u8(header, 3);
        if (LittleEndian.u16(header, 0) != MAGIC || header[2] != DEFLATE || (flags & RESERVED) != 0) {
            throw wrong("goes on with something else");
        }
        if ((flags & HAS_EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            skip(Short.BYTES);
        }
        inflater.reset();
        inflater.setInput(buffer, at, filled - at);
        at = filled;
        crc.reset();
        isInMember = true;
        return true;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // Names and comments are nothing to us.
        }
    }

    private int next() throws IOException {
        if (at == filled && !fill()) {
            throw wrong("is truncated");
        }
        return buffer[at++] & 0xff;
    }

    private void endMember() throws IOException {
        at = filled - inflater.getRemaining();
        byte[] trailer = new byte[TRAILER_SIZE];
        for (int i = 0; i < trailer.length; i++) {
            trailer[i] = (byte) next();
        }
        boolean isSize = LittleEndian.u32(trailer, 4) == (inflater.getBytesWritten() & 0xffff_ffffL);
        if (LittleEndian.u32(trailer, 0) != crc.getValue() || !isSize) {
            throw wrong("has a wrong checksum");
        }
        isInMember = false;
    }

    private FormatException wrong(String problem) {
        return new FormatException("gzip file " + problem, filledBefore + at);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        stream.close();
    }
}
