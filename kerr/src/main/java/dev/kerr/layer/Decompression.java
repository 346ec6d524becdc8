package dev.kerr.layer;

import dev.kerr.bytes.FormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/// How a layer is compressed, which its first bytes tell; what media types say is not always so.
///
/// **Source:** OCI image specification, `layer.md`: plain, gzip, zstd. RFC 1952; RFC 8878.
enum Decompression {
    GZIP(0x1f, 0x8b),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd),
    BZIP2('B', 'Z', 'h'),
    XZ(0xfd, '7', 'z', 'X', 'Z', 0),
    NONE();

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int LONGEST_MAGIC = 6;

    private final byte[] magic;

    Decompression(int... magic) {
        this.magic = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) {
            this.magic[i] = (byte) magic[i];
        }
    }

    /// What is in `stream`, with which the result is closed.
    static InputStream of(InputStream stream) throws IOException {
        var buffered = new BufferedInputStream(stream, BUFFER_BYTES);
        buffered.mark(LONGEST_MAGIC);
        Decompression decompression = ofStart(buffered.readNBytes(LONGEST_MAGIC));
        buffered.reset();
        return switch (decompression) {
            case NONE -> buffered;
            case GZIP -> new GzipStream(buffered);
            case ZSTD -> new ZstdStream(buffered);
            case BZIP2, XZ ->
                throw new FormatException(
                        "it is compressed with " + decompression.name().toLowerCase(Locale.ROOT)
                                + ", which OCI does not have",
                        0);
        };
    }

    private static Decompression ofStart(byte[] start) {
        for (Decompression decompression : values()) {
            if (decompression.isAt(start)) {
                return decompression;
            }
        }
        throw new IllegalStateException("nothing begins with no bytes");
    }

    /// Whether a file that begins with these bytes is compressed so.
    private boolean isAt(byte[] start) {
        if (this == ZSTD && start.length >= 4 && (start[0] & 0xf0) == 0x50) {
            // A frame to be passed over may come first.
            return start[1] == 0x2a && start[2] == 0x4d && start[3] == 0x18;
        }
        return start.length >= magic.length && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
    }
}
