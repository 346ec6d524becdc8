package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;

/// What tells contents of files apart: their size and a SHA-256, so that equal keys mean equal contents.
record ContentKey(long size, long hash0, long hash1, long hash2, long hash3) {
    /// Bytes of a hash.
    static final int HASH_SIZE = 32;

    static ContentKey of(long size, byte[] hash) {
        return new ContentKey(
                size,
                LittleEndian.i64(hash, 0),
                LittleEndian.i64(hash, 8),
                LittleEndian.i64(hash, 16),
                LittleEndian.i64(hash, 24));
    }
}
