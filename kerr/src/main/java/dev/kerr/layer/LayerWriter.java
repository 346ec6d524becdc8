package dev.kerr.layer;

import dev.kerr.bytes.BulkInputStream;
import dev.kerr.squashfs.ContentReader;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.HardLink;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Entry.Original;
import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import dev.kerr.tar.TarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Writes a tree as one layer, without compression: the same entries in the same order make the same bytes.
///
/// The root is `./`, as docker has it; sockets, for which tar has no type, are left out, and so are their other names.
/// A hard link has the attributes of its file, because Docker sets what it reads there.
public final class LayerWriter {
    private static final String THIS = "of this image";

    private final TarWriter tar;
    private final Map<String, Attributes> written = new HashMap<>();
    private final Set<String> sockets = new HashSet<>();

    private final Names names;

    private LayerWriter(OutputStream out, Names names) {
        this.tar = new TarWriter(out);
        this.names = names;
    }

    /// What files are whose names begin with `.wh.`.
    private enum Names {
        /// Files, which a layer cannot have.
        FILES,
        /// What removes files of layers below.
        WHITEOUTS
    }

    /// Writes all entries; closes neither.
    ///
    /// @param entries each directory before what is in it, and that before the next directory: as
    ///     [dev.kerr.squashfs.SquashfsSource] has them. Programs that unpack set the time of a directory when they
    /// leave it
    /// @param out should be buffered
    /// @return the sockets that were left out
    /// @throws LayerException if a file has a name by which layers remove files
    public static int write(EntrySource entries, OutputStream out) throws IOException {
        return new LayerWriter(out, Names.FILES).write(entries);
    }

    /// Writes a layer that lies over others, of which it removes what its entries that begin with `.wh.` name.
    public static int writeOver(EntrySource entries, OutputStream out) throws IOException {
        return new LayerWriter(out, Names.WHITEOUTS).write(entries);
    }

    private int write(EntrySource entries) throws IOException {
        List<HardLink> links = new ArrayList<>();
        for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
            switch (entry.get()) {
                case HardLink link when !written.containsKey(link.target()) -> links.add(link);
                case HardLink link -> add(link);
                case Original original -> add(original);
            }
        }
        addLate(links);
        tar.finish();
        return sockets.size();
    }

    private void add(HardLink link) throws IOException {
        requireNoWhiteout(link);
        Attributes attributes = Objects.requireNonNull(written.get(link.target()));
        tar.add(new TarEntry(link.path(), new Kind.HardLink(link.target()), attributes));
        written.put(link.path(), attributes);
    }

    /// Adds links behind the files that they name, which may be links themselves.
    private void addLate(List<HardLink> links) throws IOException {
        List<HardLink> left = new ArrayList<>(links);
        int before;
        do {
            before = left.size();
            List<HardLink> waiting = new ArrayList<>();
            for (HardLink link : left) {
                if (written.containsKey(link.target())) {
                    add(link);
                } else if (sockets.contains(link.target())) {
                    sockets.add(link.path());
                } else {
                    waiting.add(link);
                }
            }
            left = waiting;
        } while (!left.isEmpty() && left.size() < before);
        if (!left.isEmpty()) {
            throw new IOException(
                    "hard link to a file that is not there: " + left.getFirst().path());
        }
    }

    private void add(Original original) throws IOException {
        requireNoWhiteout(original);
        Optional<Kind> kind = kind(original);
        if (kind.isEmpty()) {
            sockets.add(original.path());
            return;
        }
        var entry = new TarEntry(name(original), kind.get(), attributes(original.metadata()));
        if (original instanceof RegularFile file && file.size() > 0) {
            try (ContentReader reader = file.content().open()) {
                tar.add(entry, new ReaderStream(reader));
            }
        } else {
            tar.add(entry);
        }
        if (!(original instanceof Entry.Directory)) {
            written.put(original.path(), entry.attributes());
        }
    }

    private void requireNoWhiteout(Entry entry) throws LayerException {
        String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
        if (names == Names.FILES && name.startsWith(EntryPath.WHITEOUT)) {
            throw new LayerException(
                    THIS, entry.path(), "in a layer, a file of this name removes another, so it cannot be stored");
        }
    }

    private static String name(Original original) {
        if (!(original instanceof Entry.Directory)) {
            return original.path();
        }
        return (original.path().isEmpty() ? "." : original.path()) + "/";
    }

    /// What it is in an archive; empty for a socket.
    private static Optional<Kind> kind(Original original) {
        return switch (original) {
            case Entry.Directory _ -> Optional.of(new Kind.Directory());
            case RegularFile file -> Optional.of(new Kind.File(file.size()));
            case Entry.Symlink link -> Optional.of(new Kind.Symlink(link.target()));
            case Entry.CharacterDevice node ->
                Optional.of(new Kind.CharacterDevice(
                        node.device().major(), node.device().minor()));
            case Entry.BlockDevice node ->
                Optional.of(new Kind.BlockDevice(
                        node.device().major(), node.device().minor()));
            case Entry.Fifo _ -> Optional.of(new Kind.Fifo());
            case Entry.Socket _ -> Optional.empty();
        };
    }

    private static Attributes attributes(Metadata metadata) {
        return new Attributes(
                metadata.permissions(), metadata.uid(), metadata.gid(), metadata.modifiedSeconds(), metadata.xattrs());
    }

    /// A content as a stream.
    private static final class ReaderStream extends BulkInputStream {
        private final ContentReader reader;

        ReaderStream(ContentReader reader) {
            this.reader = reader;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return reader.read(into, from, length);
        }
    }
}
