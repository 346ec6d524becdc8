package dev.kerr.cache;

import dev.kerr.linux.NewFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/// A file whose name does not say what is in it. Its record, `.NAME.made`, does: three words, the size in bytes, the
/// time
/// of modification in nanoseconds since 1970, and the CRC-32C.
///
/// A file of this size and time is taken for what was made. One of another time is read to its end and held against the
/// CRC: somebody may have copied the cache, or written into the file by mistake. Who would do so on purpose could write
/// the record as well, so that nothing stronger, which takes ten times as long, would be of use.
///
/// @param file its place, when it is finished
record MadeFile(Path file) {
    private static final int WORDS = 3;
    private static final int RECORD_MOST_BYTES = 1 << 10;
    private static final int CHUNK = 1 << 18;

    Path record() {
        return file.resolveSibling("." + file.getFileName() + ".made");
    }

    /// Records what is in the file, while it is at another place yet.
    void record(Path made) throws IOException {
        String text = Files.size(made) + " " + nanoseconds(made) + " " + sum(made) + "\n";
        try (NewFile record = NewFile.of(record())) {
            record.channel().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            record.replace(PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    /// Whether the file is there as it was made.
    boolean isWhole() throws IOException {
        List<String> words;
        try (var in = Files.newInputStream(record())) {
            words = List.of(new String(in.readNBytes(RECORD_MOST_BYTES), StandardCharsets.UTF_8)
                    .strip()
                    .split(" "));
        } catch (NoSuchFileException unrecorded) {
            return false;
        }
        if (words.size() != WORDS || !words.get(0).equals(Long.toString(Files.size(file)))) {
            return false;
        }
        return words.get(1).equals(Long.toString(nanoseconds(file)))
                || words.get(2).equals(sum(file));
    }

    private static String sum(Path file) throws IOException {
        var crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
            while (channel.read(buffer) >= 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        }
        return "crc32c:%08x".formatted(crc.getValue());
    }

    private static long nanoseconds(Path file) throws IOException {
        return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
    }
}
