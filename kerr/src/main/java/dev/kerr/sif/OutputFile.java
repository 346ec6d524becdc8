package dev.kerr.sif;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A file as writing and editing see it: all that is ever done to one goes through these methods, in order, so that
/// what is left when a writer dies in the middle can be tried out.
interface OutputFile {
    /// Writes all that remains in `bytes`, the first of it at `offset`.
    void write(ByteBuffer bytes, long offset) throws IOException;

    /// Copies a stretch of another file to `offset`.
    ///
    /// @throws FormatException if that file is shorter
    void copy(ObjectContent.Range range, long offset) throws IOException;

    /// Cuts the file off behind `size` bytes; one that is shorter stays as it is.
    void truncate(long size) throws IOException;

    /// Returns when all that was done so far is on the disk.
    void sync() throws IOException;

    /// The file in `channel`, which stays the caller's.
    static OutputFile of(FileChannel channel) {
        return new OpenFile(channel);
    }

    /// A file that is open.
    record OpenFile(FileChannel channel) implements OutputFile {
        @Override
        public void write(ByteBuffer bytes, long offset) throws IOException {
            long at = offset - bytes.position();
            while (bytes.hasRemaining()) {
                channel.write(bytes, at + bytes.position());
            }
        }

        /// The kernel copies, and shares blocks instead where the file system can.
        @Override
        public void copy(ObjectContent.Range range, long offset) throws IOException {
            channel.position(offset);
            long done = 0;
            while (done < range.size()) {
                long now = range.channel().transferTo(range.offset() + done, range.size() - done, channel);
                if (now <= 0) {
                    throw new FormatException(
                            "truncated file: content of a data object is cut short", range.offset() + done);
                }
                done += now;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            channel.force(true);
        }
    }
}
