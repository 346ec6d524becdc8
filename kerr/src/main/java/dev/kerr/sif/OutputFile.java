package dev.kerr.sif;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.linux.NewFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/// A file as writing and editing see it: all that is ever done to one goes through these methods, in order, so that
/// what is left when a writer dies in the middle can be tried out.
interface OutputFile {
    /// Writes all that remains in `bytes`, the first of it at `offset`.
    void write(ByteBuffer bytes, long offset) throws IOException;

    /// Copies a stretch of another file to `offset`.
    ///
    /// @throws FormatException if that file is shorter
    void copy(ObjectContent.Range range, long offset) throws IOException;

    /// Has content written at `offset`.
    ///
    /// @return its size
    long make(ObjectContent.Maker maker, long offset) throws IOException;

    /// Shows a digest what has been written to `size` bytes from `offset` on.
    void read(long offset, long size, MessageDigest into) throws IOException;

    /// Cuts the file off behind `size` bytes; one that is shorter stays as it is.
    void truncate(long size) throws IOException;

    /// Returns when all that was done so far is on the disk.
    void sync() throws IOException;

    /// The file in `channel`, which stays the caller's.
    static OutputFile of(FileChannel channel) {
        return new OpenFile(channel, _ -> {});
    }

    /// A file that is being made, which stays the caller's.
    static OutputFile of(NewFile file) {
        return new OpenFile(file.channel(), file.writeBehind()::wrote);
    }

    /// A file that is open.
    ///
    /// @param copied is told of bytes that were copied
    record OpenFile(FileChannel channel, LongConsumer copied) implements OutputFile {
        private static final int CHUNK = 1 << 18;
        private static final long BYTES_AT_ONCE = 16 << 20;

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
            for (long done = 0, now; done < range.size(); done += now) {
                long wanted = Math.min(BYTES_AT_ONCE, range.size() - done);
                now = range.channel().transferTo(range.offset() + done, wanted, channel);
                if (now <= 0) {
                    throw new FormatException(
                            "truncated file: content of a data object is cut short", range.offset() + done);
                }
                copied.accept(now);
            }
        }

        @Override
        public long make(ObjectContent.Maker maker, long offset) throws IOException {
            return maker.write(channel, offset);
        }

        @Override
        public void read(long offset, long size, MessageDigest into) throws IOException {
            var region = new ByteRegion(channel, offset, size);
            byte[] buffer = new byte[CHUNK];
            for (long done = 0; done < size; done += buffer.length) {
                int now = (int) Math.min(buffer.length, size - done);
                region.read(done, buffer, now, "content of a data object");
                into.update(buffer, 0, now);
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
