package dev.kerr.squashfs;

import dev.kerr.squashfs.Entry.RegularFile;
import dev.kerr.squashfs.Workbench.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Files that together are no larger than a block, in one buffer. Used by one thread after the other.
final class SmallFiles {
    private static final int MOST_FILES = 64;

    private final int blockSize;
    private final List<SmallFile> files = new ArrayList<>();
    private byte[] buffer = {};
    private int filled;

    SmallFiles(int blockSize) {
        this.blockSize = blockSize;
    }

    /// @param at where its content is, or will be, in the buffer
    record SmallFile(TreeNode node, RegularFile file, int at, int length) {}

    boolean isEmpty() {
        return files.isEmpty();
    }

    List<SmallFile> files() {
        return files;
    }

    byte[] buffer() {
        return buffer;
    }

    /// Gives it a buffer, which must hold a block.
    void use(byte[] newBuffer) {
        buffer = newBuffer;
    }

    boolean hasRoomFor(RegularFile file) {
        return files.size() < MOST_FILES && filled + file.size() <= blockSize;
    }

    /// Adds a file; reads it at once if that cannot be done at any time.
    void add(TreeNode node, RegularFile file) throws IOException {
        var small = new SmallFile(node, file, filled, (int) file.size());
        files.add(small);
        filled += small.length;
        if (!file.content().isIndependent()) {
            read(small);
        }
    }

    private void read(SmallFile small) throws IOException {
        try (ContentReader reader = small.file.content().open()) {
            ContentWriter.readFully(reader, small.file, buffer, small.at, small.length);
        }
    }

    /// Reads the files that have not been read yet.
    ///
    /// @return the keys of their contents, in their order
    List<ContentKey> readAndKey(Workbench bench) throws IOException {
        List<ContentKey> keys = new ArrayList<>(files.size());
        for (SmallFile small : files) {
            if (small.file.content().isIndependent()) {
                read(small);
            }
            var kind = Fingerprint.of(small.file.content());
            byte[] fingerprint = bench.fingerprint(buffer, small.at, small.length, kind);
            keys.add(ContentKey.of(small.length, kind, fingerprint));
        }
        return keys;
    }
}
