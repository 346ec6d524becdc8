package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Entry;
import dev.kerr.tar.ForgedTar;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import dev.kerr.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A layer made entry by entry.
final class TestLayer {
    /// What entries have that nobody gives anything else.
    static final Attributes PLAIN = new Attributes(0644, 0, 0, 1);

    private static final Attributes DIRECTORY = new Attributes(0755, 0, 0, 1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// A blob in memory.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Blob(String name, byte[] bytes, Optional<String> diffId, boolean fillsGaps) implements LayerBlob {
        Blob(String name, byte[] bytes, Optional<String> diffId) {
            this(name, bytes, diffId, false);
        }

        Blob(String name, byte[] bytes) {
            this(name, bytes, Optional.empty());
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }

    static TestLayer layer() {
        return new TestLayer();
    }

    TestLayer add(String name, Kind kind, Attributes attributes, String content) {
        try {
            new TarWriter(out)
                    .add(new TarEntry(name, kind, attributes), new ByteArrayInputStream(ByteStrings.bytes(content)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    TestLayer forged(ForgedTar entries) {
        out.writeBytes(entries.bytes());
        return this;
    }

    TestLayer file(String name, String content) {
        return add(name, new Kind.File(content.length()), PLAIN, content);
    }

    TestLayer directory(String name) {
        return add(name, new Kind.Directory(), DIRECTORY, "");
    }

    TestLayer directory(String name, int permissions) {
        return add(name, new Kind.Directory(), new Attributes(permissions, 0, 0, 1), "");
    }

    TestLayer symlink(String name, String target) {
        return add(name, new Kind.Symlink(target), PLAIN, "");
    }

    TestLayer hardLink(String name, String target) {
        return add(name, new Kind.HardLink(target), PLAIN, "");
    }

    byte[] bytes() {
        var all = new ByteArrayOutputStream();
        all.writeBytes(out.toByteArray());
        all.writeBytes(new byte[1024]);
        return all.toByteArray();
    }

    /// Blobs of layers, called `layer 1` and so on.
    static List<LayerBlob> blobs(TestLayer... layers) {
        List<LayerBlob> blobs = new ArrayList<>();
        for (TestLayer layer : layers) {
            blobs.add(new Blob("number " + (blobs.size() + 1), layer.bytes()));
        }
        return blobs;
    }

    static Layers merge(List<LayerBlob> blobs) throws IOException {
        return Layers.merge(blobs, new LayerSettings(2, 100_000, 1L << 40));
    }

    /// What layers make, one line a name in the order of paths: `usr/ 755`, `usr/bin/sh text`, `lib -> usr/lib`,
    /// `other = first`.
    static List<String> tree(TestLayer... layers) throws IOException {
        return tree(blobs(layers));
    }

    static List<String> tree(List<LayerBlob> blobs) throws IOException {
        var lines = new TreeMap<String, String>();
        try (Layers merged = merge(blobs)) {
            for (var next = merged.next(); next.isPresent(); next = merged.next()) {
                Entry entry = next.get();
                if (lines.put(entry.path(), line(entry)) != null) {
                    throw new AssertionError("twice: " + entry.path());
                }
            }
        }
        return List.copyOf(lines.values());
    }

    private static String line(Entry entry) throws IOException {
        return entry.path()
                + switch (entry) {
                    case Entry.Directory directory ->
                        "/ " + Integer.toOctalString(directory.metadata().permissions());
                    case Entry.RegularFile file -> " " + text(file);
                    case Entry.Symlink link -> " -> " + link.target();
                    case Entry.HardLink link -> " = " + link.target();
                    case Entry.CharacterDevice node -> " c " + node.device();
                    case Entry.BlockDevice node -> " b " + node.device();
                    case Entry.Fifo _ -> " fifo";
                    case Entry.Socket _ -> " socket";
                };
    }

    private static String text(Entry.RegularFile file) throws IOException {
        byte[] content = new byte[(int) file.size()];
        int filled = 0;
        try (var reader = file.content().open()) {
            for (int count = 0; filled < content.length && count >= 0; filled += count) {
                count = reader.read(content, filled, content.length - filled);
            }
        }
        return ByteStrings.of(content, 0, filled);
    }
}
