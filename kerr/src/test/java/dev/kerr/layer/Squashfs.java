package dev.kerr.layer;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Files with a SquashFS in them.
final class Squashfs {
    private Squashfs() {}

    static void write(EntrySource source, Path file) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            SquashfsWriter.write(channel, 0, source, WriterSettings.usual(0).withThreads(2));
        }
    }

    /// What is in a file, which is closed with it.
    static EntrySource read(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file);
        SquashfsReader reader = SquashfsReader.open(channel, 0, channel.size());
        EntrySource source = new SquashfsSource(reader);
        return new EntrySource() {
            @Override
            public Optional<Entry> next() throws IOException {
                return source.next();
            }

            @Override
            public void close() throws IOException {
                reader.close();
                channel.close();
            }
        };
    }
}
