package dev.kerr.squashfs;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/// What a regular file holds, for [SquashfsWriter] to read.
public interface Content {
    /// Opens the content at its first byte. It is read to its end or to the size of the file, then closed.
    ContentReader open() throws IOException;

    /// Whether it may be opened on any thread at any time until all is written, while others are open too. If not, it
    /// is opened once at most, by the thread that called the writer, before that asks for the next entry.
    default boolean isIndependent() {
        return false;
    }

    /// The bytes of an array, which is not copied.
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public ContentReader open() {
                return new StreamReader(new ByteArrayInputStream(bytes));
            }

            @Override
            public boolean isIndependent() {
                return true;
            }
        };
    }

    /// The bytes of a stream, which is closed behind its last one: content that is not independent.
    static Content ofStream(InputStream stream) {
        requireNonNull(stream);
        return () -> new StreamReader(stream);
    }

    /// A stream as a reader.
    record StreamReader(InputStream stream) implements ContentReader {
        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return stream.read(into, from, length);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
