package dev.kerr.sif;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A file that remembers what was done to it, to be replayed up to any point.
final class RecordedFile implements OutputFile {
    private final OutputFile file;
    private final List<Step> steps = new ArrayList<>();

    RecordedFile(OutputFile file) {
        this.file = file;
    }

    /// What was done.
    sealed interface Step {
        /// Bytes at an offset.
        record Write(byte[] bytes, long offset) implements Step {}

        /// The end of the file.
        record Truncate(long size) implements Step {}

        /// All before it is on the disk.
        record Sync() implements Step {}
    }

    List<Step> steps() {
        return steps;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        steps.add(new Step.Write(copy, offset));
        file.write(bytes, offset);
    }

    @Override
    public void copy(ObjectContent.Range range, long offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) range.size());
        range.channel().read(bytes, range.offset());
        write(bytes.flip(), offset);
    }

    @Override
    public long make(ObjectContent.Maker maker, long offset) {
        throw new UnsupportedOperationException("nothing that is edited is made in its place");
    }

    @Override
    public void read(long offset, long size, MessageDigest into) throws IOException {
        file.read(offset, size, into);
    }

    @Override
    public void truncate(long size) throws IOException {
        steps.add(new Step.Truncate(size));
        file.truncate(size);
    }

    @Override
    public void sync() throws IOException {
        steps.add(new Step.Sync());
        file.sync();
    }

    /// `before` after a step was done as far as `bytes` of what it writes.
    static byte[] after(byte[] before, Step step, int bytes) {
        return switch (step) {
            case Step.Write(byte[] written, long offset) -> {
                int size = Math.min(bytes, written.length);
                byte[] after = Arrays.copyOf(before, Math.max(before.length, (int) offset + size));
                System.arraycopy(written, 0, after, (int) offset, size);
                yield after;
            }
            case Step.Truncate(long size) -> Arrays.copyOf(before, Math.min(before.length, (int) size));
            case Step.Sync() -> before;
        };
    }
}
