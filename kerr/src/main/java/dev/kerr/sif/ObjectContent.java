package dev.kerr.sif;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
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

    /// What is written in its place when the file is made.
    record Made(Maker maker) implements ObjectContent {
        /// Refuses null.
        public Made {
            Objects.requireNonNull(maker);
        }
    }

    /// Writes the content of a data object.
    interface Maker {
        /// Writes it to `out` from `offset` on, where nothing is yet; the file's position is not kept.
        ///
        /// @return its size in bytes
        long write(FileChannel out, long offset) throws IOException;
    }

    /// Bytes that say something of the objects before, such as their digests.
    record Composed(Composer composer) implements ObjectContent {
        /// Refuses null.
        public Composed {
            Objects.requireNonNull(composer);
        }
    }

    /// Makes the content of a data object when those before it are in their places.
    interface Composer {
        /// @param before the objects before it in the file, in the order of their ids
        byte[] compose(List<Descriptor> before) throws IOException;
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
