package dev.kerr.squashfs;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A stream of the entries of a tree, in any order: a directory may come before or after what is in it, or not at all.
///
/// Contents of files are stored in the order in which the files come, so what will be read together should come
/// together. The same entries in the same order make the same file system.
public interface EntrySource extends AutoCloseable {
    /// The next entry; empty after the last.
    ///
    /// @throws IOException if the tree cannot be read
    Optional<Entry> next() throws IOException;

    /// The number of the group that the entry given last is in. Contents of a group lie together, before those of the
    /// next: nothing of it waits to share a block with files that come later.
    default int group() {
        return 0;
    }

    /// Frees what the source holds; independent contents that it gave may be opened no more.
    @Override
    default void close() throws IOException {}

    /// Entries that are there already.
    static EntrySource of(List<? extends Entry> entries) {
        Iterator<Entry> left = List.<Entry>copyOf(entries).iterator();
        return () -> left.hasNext() ? Optional.of(left.next()) : Optional.empty();
    }

    /// A change of entries.
    interface Change {
        /// What takes the place of `entry`; empty to leave it out.
        Optional<Entry> apply(Entry entry) throws IOException;
    }

    /// This source with each entry changed or left out. To leave out a directory, leave out what is in it too.
    default EntrySource changed(Change change) {
        EntrySource original = this;
        return new EntrySource() {
            @Override
            public Optional<Entry> next() throws IOException {
                for (var entry = original.next(); entry.isPresent(); entry = original.next()) {
                    Optional<Entry> changed = change.apply(entry.get());
                    if (changed.isPresent()) {
                        return changed;
                    }
                }
                return Optional.empty();
            }

            @Override
            public int group() {
                return original.group();
            }

            @Override
            public void close() throws IOException {
                original.close();
            }
        };
    }
}
