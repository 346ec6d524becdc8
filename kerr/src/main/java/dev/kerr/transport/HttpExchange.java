package dev.kerr.transport;

import dev.kerr.bytes.BulkInputStream;
import dev.kerr.bytes.FormatException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// One request and its answer over a socket of Unix, which the JDK's client does not know.
///
/// **Source:** RFC 9112.
///
/// @param body ends only if all of it came
record HttpExchange(SocketChannel channel, int status, InputStream body) implements AutoCloseable {
    private static final int LONGEST_LINE = 8 << 10;
    private static final int MOST_HEADERS = 100;

    HttpExchange {
        Objects.requireNonNull(channel);
        Objects.requireNonNull(body);
    }

    /// Asks for something.
    ///
    /// @throws FormatException if the answer is not HTTP
    static HttpExchange get(SocketAddress address, String path) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        boolean done = false;
        try {
            String request =
                    "GET " + path + " HTTP/1.1\r\nHost: docker\r\nUser-Agent: kerr\r\nConnection: close\r\n\r\n";
            var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            var in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
            int status = status(line(in));
            var exchange = new HttpExchange(channel, status, body(in, headers(in)));
            done = true;
            return exchange;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static int status(String line) throws FormatException {
        boolean isHttp = line.length() >= 12 && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "));
        String digits = isHttp ? line.substring(9, 12) : "";
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new FormatException("no answer of HTTP", 0);
        }
        return Integer.parseInt(digits);
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        var headers = new TreeMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() > MOST_HEADERS) {
                throw new FormatException("no head of HTTP", 0);
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.put(name, line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static InputStream body(InputStream in, Map<String, String> headers) throws FormatException {
        if (headers.containsKey("transfer-encoding")) {
            if (!"chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
                throw new FormatException("a body that is packed in an unknown way", 0);
            }
            return new Chunks(in);
        }
        String length = headers.get("content-length");
        return length == null ? in : new Stretch(in, number(length, 10));
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended in the middle");
            }
            if (line.length() > LONGEST_LINE) {
                throw new FormatException("a line of more than " + LONGEST_LINE + " bytes", 0);
            }
            line.append((char) c);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }

    private static long number(String text, int radix) throws FormatException {
        try {
            long number = Long.parseLong(text.strip(), radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException none) {
            // the exception below serves both
        }
        throw new FormatException("a length that is none", 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /// A body whose length is known.
    private static final class Stretch extends BulkInputStream {
        private final InputStream in;
        private long left;

        Stretch(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the connection ended in the middle");
            }
            left -= read;
            return read;
        }
    }

    /// A body in chunks, of which each tells its length.
    private static final class Chunks extends BulkInputStream {
        private final InputStream in;
        private InputStream chunk = InputStream.nullInputStream();
        private boolean isFirst = true;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (!ended) {
                int read = chunk.read(into, offset, length);
                if (read >= 0) {
                    return read;
                }
                next();
            }
            return -1;
        }

        private void next() throws IOException {
            if (!isFirst && !line(in).isEmpty()) {
                throw new FormatException("a chunk that is longer than it says", 0);
            }
            isFirst = false;
            String line = line(in);
            int semicolon = line.indexOf(';');
            long size = number(semicolon < 0 ? line : line.substring(0, semicolon), 16);
            if (size > 0) {
                chunk = new Stretch(in, size);
                return;
            }
            ended = true;
            while (!line(in).isEmpty()) {
                // trailers
            }
        }
    }
}
