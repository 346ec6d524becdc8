package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import dev.kerr.layer.EntryPath.UnsuitableException;
import dev.kerr.layer.LayerIndex.Kind;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarReader;
import java.io.IOException;
import java.util.Optional;

/// Reads a layer to its end, verifies it, and checks each entry for itself.
final class LayerIndexer {
    private static final String NOTHING = "";

    private final LayerBlob blob;
    private final Budget budget;
    private final LayerIndex index = new LayerIndex();

    private LayerIndexer(LayerBlob blob, Budget budget) {
        this.blob = blob;
        this.budget = budget;
    }

    /// @throws LayerException if it is malformed, not what its digest says or too large, or an entry cannot be
    static LayerIndex index(LayerBlob blob, Budget budget) throws IOException {
        return new LayerIndexer(blob, budget).index();
    }

    private LayerIndex index() throws IOException {
        try (LayerStream stream = LayerStream.verified(blob, budget.streamBytes())) {
            var reader = new TarReader(stream);
            for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                int before = index.size();
                add(entry.get());
                budget.spendEntry(blob, index.size() - before);
            }
            index.finish(stream.finish());
            return index;
        } catch (FormatException e) {
            throw new LayerException(blob.name(), e);
        }
    }

    private void add(TarEntry entry) throws LayerException {
        try {
            String path = EntryPath.clean(entry.name());
            String name = EntryPath.name(path);
            if (EntryPath.isBelow(path, EntryPath.META)) {
                add(Kind.IGNORED, NOTHING);
            } else if (EntryPath.isBelow(path, EntryPath.WHITEOUT)) {
                throw new UnsuitableException("it is in a directory with the name of a whiteout");
            } else if (name.startsWith(EntryPath.WHITEOUT)) {
                addWhiteout(path, name);
            } else if (path.isEmpty() && !(entry.kind() instanceof TarEntry.Kind.Directory)) {
                throw new UnsuitableException("the root is not a directory");
            } else {
                addFile(entry, path);
            }
        } catch (UnsuitableException e) {
            throw new LayerException(blob.name(), entry.name(), e.problem());
        }
    }

    private void add(Kind kind, String path) {
        index.add(kind, path, 0, NOTHING);
    }

    private void addWhiteout(String path, String name) throws UnsuitableException {
        if (name.equals(EntryPath.OPAQUE)) {
            add(Kind.OPAQUE, EntryPath.parent(path));
        } else if (name.startsWith(EntryPath.META)) {
            add(Kind.IGNORED, NOTHING);
        } else {
            String hidden = name.substring(EntryPath.WHITEOUT.length());
            if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
                throw new UnsuitableException("whiteout of nothing");
            }
            add(Kind.WHITEOUT, path.substring(0, path.length() - name.length()) + hidden);
        }
    }

    private void addFile(TarEntry entry, String path) throws UnsuitableException, LayerException {
        switch (entry.kind()) {
            case TarEntry.Kind.Directory _ -> add(Kind.DIRECTORY, path);
            case TarEntry.Kind.File(long size) -> {
                budget.spendFile(blob, entry.name(), size);
                index.add(Kind.FILE, path, size, NOTHING);
            }
            case TarEntry.Kind.Symlink(String target) -> index.add(Kind.SYMLINK, path, 0, symlinkTarget(target));
            case TarEntry.Kind.HardLink(String target) -> index.add(Kind.HARD_LINK, path, 0, linkTarget(target));
            case TarEntry.Kind.CharacterDevice _, TarEntry.Kind.BlockDevice _, TarEntry.Kind.Fifo _ ->
                add(Kind.SPECIAL, path);
        }
        // For what it refuses: the second time is too late for that.
        Optional<String> refused = LayerEntries.fault(entry);
        if (refused.isPresent()) {
            throw new UnsuitableException(refused.get());
        }
    }

    private static String symlinkTarget(String target) throws UnsuitableException {
        if (target.isEmpty() || target.length() > EntryPath.LONGEST) {
            throw new UnsuitableException("symbolic link to a path of " + target.length() + " bytes");
        }
        return target;
    }

    private static String linkTarget(String target) throws UnsuitableException {
        try {
            return EntryPath.clean(target);
        } catch (UnsuitableException e) {
            throw new UnsuitableException("hard link to "
                    + ByteStrings.printable(target.substring(0, Math.min(99, target.length()))) + ": " + e.problem());
        }
    }
}
