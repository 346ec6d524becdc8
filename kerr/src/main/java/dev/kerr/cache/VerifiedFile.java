package dev.kerr.cache;

import dev.kerr.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/// Holds the content of files against digests.
final class VerifiedFile {
    private VerifiedFile() {}

    static boolean isOf(Path file, Digest digest) throws IOException {
        return Digest.ofFile(digest.algorithm(), file).equals(digest);
    }

    /// Writes a new file.
    ///
    /// @throws IOException also if the content is not what the digest says
    static void write(Path file, Digest digest, Cache.Filling filling) throws IOException {
        MessageDigest hash = digest.algorithm().start();
        try (var out = new DigestOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), hash)) {
            filling.into(out, InputStream.nullInputStream());
        }
        require(digest, hash);
    }

    /// @throws IOException if what was hashed is not what the digest says
    static void require(Digest digest, MessageDigest hash) throws IOException {
        Digest actual = Digest.finish(digest.algorithm(), hash.digest());
        if (!actual.equals(digest)) {
            throw new IOException("the content of " + digest + " is that of " + actual);
        }
    }
}
