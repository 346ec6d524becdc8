package dev.kerr.layer;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.kerr.bytes.BulkInputStream;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;

/// What is in a zstd file, all frames of it.
///
/// Windows of more than 128 MiB are refused, as by the zstd program: memory would go with them.
///
/// **Source:** RFC 8878.
final class ZstdStream extends BulkInputStream {
    private final ZstdInputStreamNoFinalizer stream;
    private long position;

    /// @param stream the file from its first byte on; closed with this
    ZstdStream(InputStream stream) throws IOException {
        this.stream = new ZstdInputStreamNoFinalizer(stream);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        try {
            int count = stream.read(into, from, length);
            position += Math.max(0, count);
            return count;
        } catch (ZstdIOException e) {
            var damaged = new FormatException("zstd file is damaged: " + e.getMessage() + ", unpacked", position);
            damaged.initCause(e);
            throw damaged;
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
