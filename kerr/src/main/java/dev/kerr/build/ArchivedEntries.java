package dev.kerr.build;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// The files of a layer that lies over others, as an archive has them: whiteouts are files whose names begin with
/// `.wh.`, and an opaque directory has a file that says so.
///
/// **Source:** OCI image specification, `layer.md`, "Representing Changes".
final class ArchivedEntries implements EntrySource {
    private static final Metadata MARK = new Metadata(0600, 0, 0, 0);
    private static final byte[] NOTHING = {};

    private final EntrySource entries;
    private final Deque<Entry> pending = new ArrayDeque<>();

    ArchivedEntries(EntrySource entries) {
        this.entries = entries;
    }

    @Override
    public Optional<Entry> next() throws IOException {
        if (!pending.isEmpty()) {
            return Optional.of(pending.removeFirst());
        }
        Optional<Entry> entry = entries.next();
        if (entry.isPresent() && entry.get() instanceof Entry.Directory directory && isOpaque(directory)) {
            String prefix = directory.path().isEmpty() ? "" : directory.path() + "/";
            pending.add(new Entry.RegularFile(prefix + ".wh..wh..opq", MARK, NOTHING));
        }
        return entry.map(ArchivedEntries::archived);
    }

    private static Entry archived(Entry entry) {
        if (entry instanceof Entry.CharacterDevice device
                && device.device().major() == 0
                && device.device().minor() == 0) {
            int name = device.path().lastIndexOf('/') + 1;
            return new Entry.RegularFile(
                    device.path().substring(0, name) + ".wh." + device.path().substring(name), MARK, NOTHING);
        }
        return entry;
    }

    private static boolean isOpaque(Entry.Directory directory) {
        return directory.metadata().xattrs().entrySet().stream()
                .anyMatch(xattr -> (xattr.getKey().endsWith(".overlay.opaque")
                                || xattr.getKey().equals("user.fuseoverlayfs.opaque"))
                        && xattr.getValue().length == 1
                        && xattr.getValue()[0] == 'y');
    }

    @Override
    public void close() throws IOException {
        entries.close();
    }
}
