package dev.kerr.layer;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.FutureResult;
import dev.kerr.squashfs.Content;
import dev.kerr.squashfs.ContentReader;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Layers, one over the other, as a stream of the entries of the tree that they make: each with the entry of the layer
/// that it comes from, in the order of the layers.
///
/// Layers are read twice. The first time, in [#merge], it is found out which of their entries are left, and whatever is
/// wrong is found: a layer that is malformed, not what its digest says, or that cannot be unpacked. The second time,
/// while
/// this is used, contents go through. Memory is taken for about 150 bytes a file, and for 4 MiB of each of the layers
/// that are read ahead.
///
/// Directories that no entry describes belong to root, have 0755, and are from 1970. Owners, modes, devices, and those
/// extended attributes that SquashFS has room for are kept, except orders to the overlay file system.
///
/// Contents are not independent. Used by one thread.
public final class Layers implements EntrySource {
    /// Layers that are read in advance: the one in use, and the next, so that there is no wait between them.
    private static final int AHEAD = 2;

    private static final Metadata IMPLIED = new Metadata(0755, 0, 0, 0);

    private final List<Merged> layers;
    private final long contentBytes;
    private final Deque<Entry> pending = new ArrayDeque<>();
    private final Deque<ReadAhead> streams = new ArrayDeque<>();
    private int opened;
    private int layer = -1;
    private Optional<TarReader> reader = Optional.empty();
    private int entry;
    private int survivor;

    private Layers(List<Merged> layers, long contentBytes) {
        this.layers = layers;
        this.contentBytes = contentBytes;
    }

    /// A layer, and the names that come from it in the order of its entries.
    private record Merged(LayerBlob blob, long checksum, List<Node> names) {}

    /// Reads layers and merges them.
    ///
    /// @param blobs the layers, the lowest first
    /// @throws LayerException if one cannot be used
    /// @throws IOException if one cannot be read
    public static Layers merge(List<LayerBlob> blobs, LayerSettings settings) throws IOException {
        var tree = new MergedTree(settings.mostEntries());
        List<Long> checksums = index(blobs, settings, tree, number -> {});
        var survivors = new Survivors(tree, blobs.size());
        List<Merged> merged = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            List<Node> names = survivors.takeLayer(i);
            if (!names.isEmpty()) {
                merged.add(new Merged(blobs.get(i), checksums.get(i), names));
            }
        }
        return new Layers(merged, survivors.contentBytes());
    }

    /// Is told of each layer when it has been added to a tree.
    interface Added {
        void layer(int number) throws IOException;
    }

    /// One layer by itself.
    ///
    /// @param names that come from it, in the order of its entries
    static Layers alone(LayerBlob blob, long checksum, List<Node> names) {
        return new Layers(new ArrayList<>(List.of(new Merged(blob, checksum, names))), 0);
    }

    /// Indexes several layers at a time, and adds them to the tree in their order.
    ///
    /// @return checksums of the layers
    static List<Long> index(List<LayerBlob> blobs, LayerSettings settings, MergedTree tree, Added added)
            throws IOException {
        var budget = new Budget(settings);
        List<Long> checksums = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(settings.threads());
        try {
            Deque<Future<LayerIndex>> indexes = new ArrayDeque<>();
            for (LayerBlob blob : blobs) {
                indexes.add(threads.submit(() -> LayerIndexer.index(blob, budget)));
            }
            for (LayerBlob blob : blobs) {
                LayerIndex index = FutureResult.of(indexes.removeFirst(), "reading layers");
                if (blob.fillsGaps()) {
                    tree.fillGaps(checksums.size(), blob.name(), index);
                } else {
                    tree.add(checksums.size(), blob.name(), index);
                }
                added.layer(checksums.size());
                checksums.add(index.checksum());
            }
            return checksums;
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    /// Bytes of all files that will come, each counted once.
    public long contentBytes() {
        return contentBytes;
    }

    @Override
    public Optional<Entry> next() throws IOException {
        while (pending.isEmpty()) {
            if (reader.isPresent()) {
                step(reader.get());
            } else if (!openNext()) {
                return Optional.empty();
            }
        }
        return Optional.of(pending.removeFirst());
    }

    /// @return whether there is another layer
    private boolean openNext() {
        while (opened < layers.size() && streams.size() < AHEAD) {
            Merged next = layers.get(opened++);
            streams.addLast(new ReadAhead(next.blob, next.checksum));
        }
        if (streams.isEmpty()) {
            return false;
        }
        reader = Optional.of(new TarReader(streams.getFirst()));
        layer++;
        entry = -1;
        survivor = 0;
        return true;
    }

    /// Goes on by one entry of the current layer.
    private void step(TarReader tar) throws IOException {
        Merged current = layers.get(layer);
        try {
            Optional<TarEntry> next = tar.next();
            if (next.isPresent()) {
                entry++;
                addNames(current, tar, next.get());
                return;
            }
            try (ReadAhead stream = streams.removeFirst()) {
                stream.transferTo(OutputStream.nullOutputStream());
            }
        } catch (FormatException e) {
            throw new LayerException(current.blob.name(), e);
        }
        reader = Optional.empty();
        layers.set(layer, new Merged(current.blob, current.checksum, List.of()));
    }

    /// Adds what comes from the current entry: directories that it implies, itself, and its other names.
    private void addNames(Merged current, TarReader tar, TarEntry tarEntry) throws LayerException {
        Optional<String> first = Optional.empty();
        while (survivor < current.names.size()) {
            Node node = current.names.get(survivor);
            if (node.inode.entry() != entry) {
                return;
            }
            survivor++;
            String path = node.path();
            if (Survivors.isImplied(node)) {
                pending.add(new Entry.Directory(path, IMPLIED));
            } else if (first.isPresent()) {
                pending.add(new Entry.HardLink(path, first.get()));
            } else {
                first = Optional.of(path);
                pending.add(LayerEntries.original(path, tarEntry, content(current, tar))
                        .orElseThrow(
                                () -> new LayerException(current.blob.name(), "", "it changed while it was read")));
            }
        }
    }

    private Content content(Merged current, TarReader tar) {
        int of = entry;
        return () -> {
            if (entry != of || reader.isEmpty()) {
                throw new IllegalStateException("the layer has been read beyond that content");
            }
            return new TarContent(current.blob, tar);
        };
    }

    /// The content of the current entry of a layer.
    private record TarContent(LayerBlob blob, TarReader tar) implements ContentReader {
        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return tar.read(into, from, length);
            } catch (FormatException e) {
                throw new LayerException(blob.name(), e);
            }
        }

        @Override
        public long skipZeros(long most, int unit) {
            return tar.skipZeros(most, unit);
        }

        @Override
        public void close() {
            // What has not been read of it is passed over before the next entry.
        }
    }

    /// Ends the threads that read ahead.
    @Override
    public void close() {
        streams.forEach(ReadAhead::close);
        streams.clear();
    }
}
