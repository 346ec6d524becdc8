package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Archives as our reader has them.
final class ReadTar {
    private ReadTar() {}

    static List<TarEntry> entries(byte[] archive) throws IOException {
        var reader = new TarReader(new ByteArrayInputStream(archive));
        List<TarEntry> entries = new ArrayList<>();
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            entries.add(entry.get());
        }
        return entries;
    }

    static TarEntry only(ForgedTar archive) throws IOException {
        List<TarEntry> entries = entries(archive.end().bytes());
        if (entries.size() != 1) {
            throw new AssertionError(entries);
        }
        return entries.getFirst();
    }

    static List<String> names(ForgedTar archive) throws IOException {
        return entries(archive.bytes()).stream().map(TarEntry::name).toList();
    }

    /// The content of the first entry, read in small pieces.
    static String content(byte[] archive) throws IOException {
        var reader = new TarReader(new ByteArrayInputStream(archive));
        reader.next();
        byte[] content = rest(reader);
        return ByteStrings.of(content, 0, content.length);
    }

    static byte[] rest(TarReader reader) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] piece = new byte[7];
        for (int count = 0; count >= 0; count = reader.read(piece, 0, piece.length)) {
            out.write(piece, 0, count);
        }
        return out.toByteArray();
    }
}
