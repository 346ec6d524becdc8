package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Workbench.Fingerprint;

/// What contents of files are looked up by: different keys mean different contents, and equal ones the same if they
/// are [Fingerprint#STRONG].
///
/// @param fingerprint of the content of a small file; of a large one, a SHA-256 of the fingerprints of its blocks
record ContentKey(long size, Fingerprint kind, String fingerprint) {
    static ContentKey of(long size, Fingerprint kind, byte[] fingerprint) {
        return new ContentKey(size, kind, ByteStrings.of(fingerprint, 0, fingerprint.length));
    }
}
