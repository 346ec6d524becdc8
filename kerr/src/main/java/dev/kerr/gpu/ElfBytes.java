package dev.kerr.gpu;

import dev.kerr.bytes.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Objects;

/// The bytes of an ELF file, wherever they lie: on the host or in an image.
public interface ElfBytes {
    /// How many there are.
    long size() throws IOException;

    /// Reads exactly `length` bytes at `at` into the start of `into`.
    ///
    /// @throws FormatException if the file ends before them
    void read(long at, byte[] into, int length) throws IOException;

    /// Bytes in memory.
    static ElfBytes of(byte[] bytes) {
        return new InMemory(bytes);
    }

    /// An open file, which stays the caller's. `RandomAccessFile` costs an interpreting JVM a third of a channel.
    static ElfBytes of(RandomAccessFile file) {
        return new InFile(file);
    }

    /// Refuses what does not lie inside.
    static void check(long at, int length, long size) throws FormatException {
        if (at < 0 || length < 0 || at > size || length > size - at) {
            throw new FormatException("truncated ELF file: " + length + " bytes are missing", at);
        }
    }

    /// See [#of(byte\[\])].
    record InMemory(byte[] bytes) implements ElfBytes {
        public InMemory {
            Objects.requireNonNull(bytes);
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long at, byte[] into, int length) throws FormatException {
            check(at, length, bytes.length);
            System.arraycopy(bytes, (int) at, into, 0, length);
        }
    }

    /// See [#of(RandomAccessFile)].
    record InFile(RandomAccessFile file) implements ElfBytes {
        public InFile {
            Objects.requireNonNull(file);
        }

        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public void read(long at, byte[] into, int length) throws IOException {
            if (at < 0) {
                throw new FormatException("an ELF offset is too large", 0);
            }
            try {
                file.seek(at);
                file.readFully(into, 0, length);
            } catch (EOFException e) {
                throw new FormatException("truncated ELF file: " + length + " bytes are missing", at);
            }
        }
    }
}
