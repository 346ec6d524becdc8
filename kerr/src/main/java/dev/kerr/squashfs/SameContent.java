package dev.kerr.squashfs;

import dev.kerr.squashfs.Entry.RegularFile;
import java.io.IOException;
import java.util.Arrays;

/// Compares contents of files by reading them again.
final class SameContent {
    private static final int BUFFER_BYTES = 128 * 1024;

    private SameContent() {}

    /// Whether the content of `file` is `length` bytes of `bytes`, which is its size.
    static boolean is(RegularFile file, byte[] bytes, int from, int length) throws IOException {
        byte[] other = new byte[length];
        try (ContentReader reader = file.content().open()) {
            ContentWriter.readFully(reader, file, other, 0, length);
        }
        return Arrays.equals(other, 0, length, bytes, from, from + length);
    }

    /// Whether two files of the same size have the same content.
    static boolean areSame(RegularFile a, RegularFile b) throws IOException {
        byte[] ofA = new byte[BUFFER_BYTES];
        byte[] ofB = new byte[BUFFER_BYTES];
        try (ContentReader readerA = a.content().open();
                ContentReader readerB = b.content().open()) {
            for (long left = a.size(); left > 0; left -= BUFFER_BYTES) {
                int length = (int) Math.min(left, BUFFER_BYTES);
                ContentWriter.readFully(readerA, a, ofA, 0, length);
                ContentWriter.readFully(readerB, b, ofB, 0, length);
                if (!Arrays.equals(ofA, 0, length, ofB, 0, length)) {
                    return false;
                }
            }
        }
        return true;
    }
}
