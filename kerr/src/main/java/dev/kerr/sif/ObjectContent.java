package dev.kerr.sif;

import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/// Where the bytes of a new data object come from.
public sealed interface ObjectContent {
    /// Bytes at hand.
    @SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
    record Bytes(byte[] bytes) implements ObjectContent {
        /// Keeps a copy.
        public Bytes {
            bytes = bytes.clone();
        }
    }

    /// A whole file.
    record File(Path path) implements ObjectContent {
        /// Refuses null.
        public File {
            Objects.requireNonNull(path);
        }
    }

    /// What comes out of a stream until its end, once; the stream stays the caller's.
    record Stream(InputStream stream) implements ObjectContent {
        /// Refuses null.
        public Stream {
            Objects.requireNonNull(stream);
        }
    }

    /// A stretch of a file that is open, and stays the caller's.
    ///
    /// @param offset its first byte
    /// @param size its bytes, all of which must be there
    record Range(FileChannel channel, long offset, long size) implements ObjectContent {
        /// Refuses null and what is below zero.
        public Range {
            Objects.requireNonNull(channel);
            if (offset < 0 || size < 0 || offset > Long.MAX_VALUE - size) {
                throw new IllegalArgumentException("no such range: " + size + " bytes at " + offset);
            }
        }
    }
}
