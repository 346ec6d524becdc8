package dev.kerr.tar;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kerr.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// Reads archives that a fuzzer makes: each is read to its end, or a [FormatException].
class TarFuzzTest {
    /// Holes that are read of one input.
    private static final int MOST_READ = 1 << 16;

    @FuzzTest
    void any_bytes_are_an_archive_or_refused(byte[] bytes) throws IOException {
        exercise(bytes);
    }

    /// Headers with checksums that are right: a fuzzer would not find them.
    @FuzzTest
    void any_headers_are_an_archive_or_refused(FuzzedDataProvider data) throws IOException {
        var archive = new ForgedTar();
        while (data.remainingBytes() > 0) {
            char type = (char) data.consumeInt(0, 255);
            int size = data.consumeInt(0, 2000);
            archive.header(type, data.consumeAsciiString(20).replace('\u0080', '?'), size, block -> {
                for (int changes = data.consumeInt(0, 8); changes > 0; changes--) {
                    int at = data.consumeInt(100, 511);
                    block[at] = at >= 148 && at < 156 ? block[at] : data.consumeByte();
                }
            });
            archive.content(new String(data.consumeBytes(size), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        exercise(archive.bytes());
    }

    private static void exercise(byte[] archive) throws IOException {
        try {
            var reader = new TarReader(new ByteArrayInputStream(archive));
            byte[] piece = new byte[1000];
            for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                reader.skipZeros(4096, 512);
                for (int read = 0, count = 0; count >= 0 && read < MOST_READ; read += count) {
                    count = reader.read(piece, 0, piece.length);
                }
            }
        } catch (FormatException expected) {
            // Any other exception is a finding.
        }
    }
}
