package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import java.util.Arrays;

/// What a merge has to know of a layer's entries, in their order: some 30 bytes each.
///
/// An entry is its kind, the length of what its path shares with the one before, and the rest of it; then the size of a
/// file or the target of a link. Lengths and sizes are numbers of seven bits a byte.
final class LayerIndex {
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private byte[] bytes = new byte[1024];
    private int length;
    private int entries;
    private String lastPath = "";
    private long checksum;

    /// What an entry does.
    enum Kind {
        DIRECTORY,
        FILE,
        SYMLINK,
        HARD_LINK,
        /// A device or a named pipe.
        SPECIAL,
        /// Hides the file at its path in the layers below.
        WHITEOUT,
        /// Hides what is in the directory at its path in the layers below.
        OPAQUE,
        /// Nothing.
        IGNORED
    }

    private static final Kind[] KINDS = Kind.values();

    /// An entry of the index.
    ///
    /// @param number of it in the layer, from 0
    /// @param path where it is, cleaned
    /// @param size of a file
    /// @param target of a link; that of a hard link is cleaned
    record IndexEntry(int number, Kind kind, String path, long size, String target) {}

    int entries() {
        return entries;
    }

    /// Bytes of memory that it takes.
    int size() {
        return length;
    }

    /// Of the layer, to see whether it is the same later.
    long checksum() {
        return checksum;
    }

    void finish(long layerChecksum) {
        checksum = layerChecksum;
        bytes = Arrays.copyOf(bytes, length);
    }

    void add(Kind kind, String path, long size, String target) {
        reserve(path.length() + target.length() + 32);
        int shared = shared(lastPath, path);
        bytes[length++] = (byte) kind.ordinal();
        putNumber(shared);
        putText(path.substring(shared));
        switch (kind) {
            case FILE -> putNumber(size);
            case SYMLINK, HARD_LINK -> putText(target);
            case DIRECTORY, SPECIAL, WHITEOUT, OPAQUE, IGNORED -> {}
        }
        lastPath = path;
        entries++;
    }

    private static int shared(String a, String b) {
        int most = Math.min(a.length(), b.length());
        int shared = 0;
        while (shared < most && a.charAt(shared) == b.charAt(shared)) {
            shared++;
        }
        return shared;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            long wanted = Math.max(length + (long) more, length * 3L / 2);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, LARGEST));
        }
    }

    private void putNumber(long number) {
        long left = number;
        for (; left > 0x7f; left >>>= 7) {
            bytes[length++] = (byte) (left | 0x80);
        }
        bytes[length++] = (byte) left;
    }

    private void putText(String text) {
        byte[] added = ByteStrings.bytes(text);
        putNumber(added.length);
        System.arraycopy(added, 0, bytes, length, added.length);
        length += added.length;
    }

    /// Goes through the entries.
    Cursor cursor() {
        return new Cursor();
    }

    /// A place in the index.
    final class Cursor {
        private int at;
        private int next;
        private String path = "";

        boolean hasNext() {
            return next < entries;
        }

        IndexEntry next() {
            Kind kind = KINDS[bytes[at++]];
            int shared = (int) number();
            path = path.substring(0, shared) + text();
            long size = kind == Kind.FILE ? number() : 0;
            String target = kind == Kind.SYMLINK || kind == Kind.HARD_LINK ? text() : "";
            return new IndexEntry(next++, kind, path, size, target);
        }

        private long number() {
            long number = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = bytes[at++];
                number |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return number;
                }
            }
        }

        private String text() {
            int size = (int) number();
            at += size;
            return ByteStrings.of(bytes, at - size, size);
        }
    }
}
