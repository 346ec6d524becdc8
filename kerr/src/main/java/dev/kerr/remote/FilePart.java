package dev.kerr.remote;

import dev.kerr.bytes.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A stretch of a file that is sent in several.
///
/// @param number from 1
record FilePart(Path file, int number, long offset, long size) {
    private static final int MOST = 10_000;

    FilePart {
        Objects.requireNonNull(file);
    }

    /// The parts of a file.
    ///
    /// @throws FormatException if a library wants parts that do not make up the file
    static List<FilePart> of(Path file, long size, long partSize, long count) throws FormatException {
        if (partSize < 1 || count < 1 || count > MOST || (size - 1) / partSize + 1 != count) {
            throw new FormatException("its " + count + " parts of " + partSize + " bytes do not make " + size, 0);
        }
        var parts = new ArrayList<FilePart>();
        for (int number = 1; number <= count; number++) {
            long offset = (number - 1) * partSize;
            parts.add(new FilePart(file, number, offset, Math.min(partSize, size - offset)));
        }
        return parts;
    }

    String sha256() throws IOException {
        MessageDigest sum = ImageHashes.start("SHA-256");
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            byte[] chunk = new byte[1 << 18];
            for (long left = size; left > 0; ) {
                int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (read < 0) {
                    throw new EOFException(file + " became shorter");
                }
                sum.update(chunk, 0, read);
                left -= read;
            }
        }
        return ImageHashes.hex(sum);
    }
}
