package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Directory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Goes through a directory and all below it: each directory before what is in it, names in the order of their
/// bytes.
///
/// Holds the cursors of the directories from the start to the current one, and the numbers of all directories
/// met. A damaged file system cannot make it endless: a directory is met once, and listings together are no
/// longer than their table.
public final class TreeWalk {
    /// What Linux takes: 4096 with the closing NUL.
    private static final int LONGEST_PATH = 4095;

    private final SquashfsReader reader;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Set<Long> met = new HashSet<>();
    private final StringBuilder path = new StringBuilder();
    private final Directory start;
    private boolean started;
    private long listingBytes;

    TreeWalk(SquashfsReader reader, Directory start) {
        this.reader = reader;
        this.start = start;
    }

    /// A file met on a walk.
    ///
    /// @param path byte string from the directory where the walk began, without a slash at either end:
    ///     `usr/bin/env`; that directory itself has the empty path
    /// @param inode the file
    public record Entry(String path, Inode inode) {
        /// Refuses null.
        public Entry {
            Objects.requireNonNull(path);
            Objects.requireNonNull(inode);
        }
    }

    /// A directory being gone through.
    private record Level(DirectoryCursor cursor, int pathLength) {}

    /// The next file; empty after the last.
    ///
    /// @throws dev.kerr.bytes.FormatException where the file system is damaged, a directory is met twice, or a
    ///     path is longer than Linux takes
    public Optional<Entry> next() throws IOException {
        if (!started) {
            started = true;
            enter(start);
            return Optional.of(new Entry("", start));
        }
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            path.setLength(level.pathLength);
            if (level.cursor.next()) {
                return Optional.of(step(level.cursor.entry()));
            }
            levels.removeLast();
        }
        return Optional.empty();
    }

    private Entry step(DirectoryEntry entry) throws IOException {
        if (!path.isEmpty()) {
            path.append('/');
        }
        path.append(entry.name());
        if (path.length() > LONGEST_PATH) {
            throw reader.wrongDirectory("path longer than " + LONGEST_PATH + " bytes");
        }
        Inode inode = reader.inode(entry);
        if (inode instanceof Directory directory) {
            enter(directory);
        }
        return new Entry(path.toString(), inode);
    }

    private void enter(Directory directory) throws IOException {
        if (!met.add(directory.attributes().number())) {
            throw reader.wrongDirectory("directory reached a second time");
        }
        listingBytes += directory.listing().size();
        if (listingBytes > reader.mostListingBytes()) {
            throw reader.wrongDirectory("directories share their entries");
        }
        Optional<DirectoryCursor> cursor = reader.entries(directory);
        if (cursor.isPresent()) {
            levels.addLast(new Level(cursor.get(), path.length()));
        }
    }
}
