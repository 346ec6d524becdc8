package dev.kerr.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/// The hash by which content is known: `sha256:` and 64 hexadecimal digits in lower case. Whoever holds one may put it
/// into a path or an address as it is.
///
/// **Source:** OCI image specification 1.1, `descriptor.md`, Digests.
///
/// @param hex as many digits as the algorithm gives
public record Digest(Algorithm algorithm, String hex) {
    private static final int CHUNK = 1 << 18;

    /// The registered algorithms.
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String word;
        private final String javaName;
        private final int digits;

        Algorithm(String word, String javaName, int digits) {
            this.word = word;
            this.javaName = javaName;
            this.digits = digits;
        }

        /// The word in front of the colon.
        public String word() {
            return word;
        }

        /// A fresh computation.
        public MessageDigest start() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has " + javaName, e);
            }
        }
    }

    public Digest {
        Objects.requireNonNull(algorithm);
        if (!isHex(hex, algorithm.digits)) {
            throw new IllegalArgumentException("no " + algorithm.word + " digest");
        }
    }

    /// The digest that `text` spells; empty if it spells none, or one of an algorithm that is not registered.
    public static Optional<Digest> parse(String text) {
        for (Algorithm algorithm : Algorithm.values()) {
            String prefix = algorithm.word + ":";
            if (text.startsWith(prefix) && isHex(text.substring(prefix.length()), algorithm.digits)) {
                return Optional.of(new Digest(algorithm, text.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }

    /// The SHA-256 of `content`.
    public static Digest ofContent(byte[] content) {
        return finish(Algorithm.SHA256, Algorithm.SHA256.start().digest(content));
    }

    /// The digest of what is in a file.
    public static Digest ofFile(Algorithm algorithm, Path file) throws IOException {
        MessageDigest hash = algorithm.start();
        byte[] buffer = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hash.update(buffer, 0, count);
            }
        }
        return finish(algorithm, hash.digest());
    }

    /// The digest whose computation gave `hash`.
    public static Digest finish(Algorithm algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /// Whether it is the digest of `content`.
    public boolean isOf(byte[] content) {
        return equals(finish(algorithm, algorithm.start().digest(content)));
    }

    @Override
    public String toString() {
        return algorithm.word + ":" + hex;
    }

    private static boolean isHex(String text, int digits) {
        return text.length() == digits && text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }
}
