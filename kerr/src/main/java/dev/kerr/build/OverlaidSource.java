package dev.kerr.build;

import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.DirectorySource.Mounts;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.FileOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// A small tree over a large one, as the layers of an overlay: a file of the upper one counts, a directory of both is
/// the lower one's. Metadata are the upper one's alone, whether it has them or not.
///
/// The upper one's files come first, so they lie where launches find them. What is mounted below the lower one is left
/// out.
final class OverlaidSource implements EntrySource {
    private final DirectorySource upper;
    private final DirectorySource lower;
    private final Deque<Entry> files;

    /// Of the upper one, less what the lower one has had.
    private final SequencedMap<String, Entry> directories;

    private OverlaidSource(
            DirectorySource upper, DirectorySource lower, Deque<Entry> files, SequencedMap<String, Entry> directories) {
        this.upper = upper;
        this.lower = lower;
        this.files = files;
        this.directories = directories;
    }

    /// @param order of the files of either
    /// @throws IOException if one cannot be read
    static OverlaidSource open(Path upper, Path lower, FileOrder order) throws IOException {
        DirectorySource above = DirectorySource.open(upper, order);
        try {
            Deque<Entry> files = new ArrayDeque<>();
            SequencedMap<String, Entry> directories = new LinkedHashMap<>();
            Set<String> hidden = new HashSet<>(Set.of(MetadataPaths.DIRECTORY, MetadataPaths.LABELS_OF_POST));
            for (var entry = above.next(); entry.isPresent(); entry = above.next()) {
                if (entry.get() instanceof Entry.Directory directory) {
                    directories.put(directory.path(), directory);
                } else {
                    files.add(entry.get());
                    hidden.add(entry.get().path());
                }
            }
            var below = DirectorySource.open(lower, order, path -> !hidden.contains(path), Mounts.LEFT_EMPTY);
            return new OverlaidSource(above, below, files, directories);
        } catch (IOException e) {
            above.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> next() throws IOException {
        if (!files.isEmpty()) {
            return Optional.of(files.removeFirst());
        }
        Optional<Entry> below = lower.next();
        if (below.isPresent()) {
            directories.remove(below.get().path());
            return below;
        }
        return Optional.ofNullable(directories.pollFirstEntry()).map(Map.Entry::getValue);
    }

    @Override
    public int group() {
        return files.isEmpty() ? lower.group() : 0;
    }

    @Override
    public void close() {
        upper.close();
        lower.close();
    }
}
