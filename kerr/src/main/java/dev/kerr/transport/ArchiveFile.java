package dev.kerr.transport;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A tar archive without compression whose files are read where they lie.
final class ArchiveFile implements StoredFiles {
    private static final int MOST_FILES = 100_000;
    private static final int MOST_LINKS = 8;

    private final FileChannel channel;
    private final Map<String, Stretch> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    /// Bytes of the archive.
    private record Stretch(long offset, long size) {}

    private ArchiveFile(FileChannel channel) {
        this.channel = channel;
    }

    /// Opens an archive and finds out where its files are.
    ///
    /// @throws FormatException if it is none
    static ArchiveFile open(Path path) throws IOException {
        return of(FileChannel.open(path));
    }

    /// The same of a file that is open already, and is closed with the archive.
    ///
    /// @param channel to be read from its beginning
    static ArchiveFile of(FileChannel channel) throws IOException {
        var archive = new ArchiveFile(channel);
        boolean done = false;
        try {
            archive.find();
            done = true;
        } finally {
            if (!done) {
                archive.close();
            }
        }
        return archive;
    }

    private void find() throws IOException {
        var counted = new Counted(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        var reader = new TarReader(counted);
        for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            if (files.size() + links.size() > MOST_FILES) {
                throw new FormatException("more than " + MOST_FILES + " files in an archive of images", counted.count);
            }
            String name = name(entry.get().name());
            switch (entry.get().kind()) {
                case TarEntry.Kind.File(long size) -> files.put(name, new Stretch(counted.count, size));
                case TarEntry.Kind.HardLink(String target) -> links.put(name, name(target));
                case TarEntry.Kind.Symlink(String target) -> links.put(name, resolved(name, target));
                case TarEntry.Kind.Directory(),
                        TarEntry.Kind.CharacterDevice _,
                        TarEntry.Kind.BlockDevice _,
                        TarEntry.Kind.Fifo() -> {}
            }
        }
    }

    private static String name(String stored) {
        return Objects.toString(Path.of("/").resolve(stored).normalize()).substring(1);
    }

    /// Docker of old kept one of several equal layers, and links to it.
    private static String resolved(String link, String target) {
        return name(link + "/../" + target);
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        Stretch stretch = require(name);
        if (stretch.size > most) {
            throw new FormatException(name + " has more than " + most + " bytes", stretch.offset);
        }
        byte[] bytes = new byte[(int) stretch.size];
        new ByteRegion(channel, stretch.offset, stretch.size).read(0, bytes, bytes.length, name);
        return bytes;
    }

    @Override
    public InputStream open(String name) throws IOException {
        Stretch stretch = require(name);
        return new RegionStream(channel, stretch.offset, stretch.size);
    }

    private Stretch require(String name) throws NoSuchFileException {
        Stretch stretch = stretch(name(name));
        if (stretch == null) {
            throw new NoSuchFileException(name);
        }
        return stretch;
    }

    private @Nullable Stretch stretch(String name) {
        String at = name;
        for (int i = 0; i < MOST_LINKS && links.containsKey(at); i++) {
            at = Objects.requireNonNull(links.get(at));
        }
        return files.get(at);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /// Counts what is read.
    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
