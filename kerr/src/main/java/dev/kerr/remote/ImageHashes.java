package dev.kerr.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// What a library and its storage want to know of a file before it is sent.
///
/// @param size in bytes
record ImageHashes(String sha256, String md5, long size) {
    ImageHashes {
        Objects.requireNonNull(sha256);
        Objects.requireNonNull(md5);
    }

    static ImageHashes of(Path file) throws IOException {
        MessageDigest sha256 = start("SHA-256");
        MessageDigest md5 = start("MD5"); // storages compare it; nothing rests on it
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[1 << 18];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                sha256.update(chunk, 0, read);
                md5.update(chunk, 0, read);
                size += read;
            }
        }
        return new ImageHashes(hex(sha256), hex(md5), size);
    }

    static MessageDigest start(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has " + algorithm, impossible);
        }
    }

    static String hex(MessageDigest computation) {
        return HexFormat.of().formatHex(computation.digest());
    }
}
