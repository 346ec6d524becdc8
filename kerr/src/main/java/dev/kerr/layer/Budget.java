package dev.kerr.layer;

import java.util.concurrent.atomic.AtomicLong;

/// What all layers together may still take. Thread-safe.
final class Budget {
    /// An entry's part of the index, on average: ten times what ordinary images take.
    private static final long INDEX_BYTES_PER_ENTRY = 256;

    private final LayerSettings settings;
    private final AtomicLong entries;
    private final AtomicLong indexBytes;
    private final AtomicLong fileBytes;
    private final AtomicLong streamBytes;

    Budget(LayerSettings settings) {
        this.settings = settings;
        this.entries = new AtomicLong(settings.mostEntries());
        this.indexBytes = new AtomicLong(settings.mostEntries() * INDEX_BYTES_PER_ENTRY);
        this.fileBytes = new AtomicLong(settings.mostBytes());
        this.streamBytes = new AtomicLong(settings.mostBytes());
    }

    /// Bytes that layers may still have without compression.
    AtomicLong streamBytes() {
        return streamBytes;
    }

    /// Takes an entry of a layer.
    void spendEntry(LayerBlob blob, int bytesOfIndex) throws LayerException {
        if (entries.decrementAndGet() < 0) {
            throw new LayerException(
                    blob.name(), "", "layers have more than " + settings.mostEntries() + " entries in all");
        }
        if (indexBytes.addAndGet(-bytesOfIndex) < 0) {
            throw new LayerException(blob.name(), "", "names of the layers' entries are too long for memory");
        }
    }

    /// Takes the content of a file.
    void spendFile(LayerBlob blob, String name, long size) throws LayerException {
        if (size > settings.mostBytes() || fileBytes.addAndGet(-size) < 0) {
            throw new LayerException(
                    blob.name(), name, "files of the layers have more than " + settings.mostBytes() + " bytes");
        }
    }
}
