package dev.kerr.build;

import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.Inode.DeviceNumber;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an overlay has written, as every overlay reads it: whiteouts as devices 0:0, opaque directories marked both as
/// root marks them and as ordinary users do. What fuse-overlayfs writes where it may make no devices or attributes is
/// translated.
///
/// **Source:** overlayfs.rst of the kernel; containers/fuse-overlayfs `main.c`, `.wh.` and `user.fuseoverlayfs.`.
final class SealedEntries {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    /// A device that fuse-overlayfs leaves in opaque directories, and that hides nothing.
    ///
    /// **Source:** sylabs/singularity issue 3176.
    private static final String STRAY = ".wh..opq";

    private static final String[] OPAQUE_ATTRIBUTES = {"trusted.overlay.opaque", "user.overlay.opaque"};
    private static final String FUSE_PREFIX = "user.fuseoverlayfs.";
    private static final String FUSE_OPAQUE = FUSE_PREFIX + "opaque";
    private static final byte[] YES = {'y'};

    private final Set<String> opaque;

    private SealedEntries(Set<String> opaque) {
        this.opaque = opaque;
    }

    interface Opening {
        EntrySource open() throws IOException;
    }

    /// @param opening of the overlay's files, which are gone through twice
    static EntrySource of(Opening opening) throws IOException {
        Set<String> opaque = new HashSet<>();
        try (EntrySource entries = opening.open()) {
            for (var entry = entries.next(); entry.isPresent(); entry = entries.next()) {
                String path = entry.get().path();
                if (name(path).equals(OPAQUE)) {
                    opaque.add(parent(path));
                }
            }
        }
        return opening.open().changed(new SealedEntries(opaque)::changed);
    }

    private Optional<Entry> changed(Entry entry) {
        String name = name(entry.path());
        if (name.equals(OPAQUE) || name.equals(STRAY)) {
            return Optional.empty();
        }
        if (name.startsWith(WHITEOUT)) {
            String prefix = entry.path().substring(0, entry.path().length() - name.length());
            return Optional.of(new Entry.CharacterDevice(
                    prefix + name.substring(WHITEOUT.length()), new Metadata(0, 0, 0, 0), new DeviceNumber(0, 0)));
        }
        return Optional.of(entry instanceof Entry.Original original ? original.with(metadata(original)) : entry);
    }

    private Metadata metadata(Entry.Original entry) {
        Metadata metadata = entry.metadata();
        SortedMap<String, byte[]> xattrs = new TreeMap<>(metadata.xattrs());
        boolean hides = opaque.contains(entry.path()) || isYes(xattrs.get(FUSE_OPAQUE));
        for (String attribute : OPAQUE_ATTRIBUTES) {
            hides |= isYes(xattrs.get(attribute));
        }
        xattrs.keySet().removeIf(SealedEntries::isOfTheUpperAlone);
        if (hides && entry instanceof Entry.Directory) {
            for (String attribute : OPAQUE_ATTRIBUTES) {
                xattrs.put(attribute, YES);
            }
        }
        return new Metadata(metadata.permissions(), metadata.uid(), metadata.gid(), metadata.modifiedSeconds(), xattrs);
    }

    private static boolean isYes(byte @Nullable [] value) {
        return value != null && value.length == 1 && value[0] == 'y';
    }

    /// Whether an attribute says something of where the file was copied from, which means nothing elsewhere.
    private static boolean isOfTheUpperAlone(String name) {
        return name.startsWith(FUSE_PREFIX)
                || name.endsWith(".overlay.origin")
                || name.endsWith(".overlay.impure")
                || name.endsWith(".overlay.uuid")
                || name.endsWith(".overlay.nlink")
                || name.endsWith(".overlay.upper");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
