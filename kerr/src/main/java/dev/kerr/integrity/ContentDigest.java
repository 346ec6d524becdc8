package dev.kerr.integrity;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// What some content must be: the name of a hash and what it makes of the content, as `sha256:HEX`.
///
/// **Source:** sylabs/sif `pkg/integrity/digest.go`.
record ContentDigest(Algorithm algorithm, String hex) {
    private static final int CHUNK = 1 << 20;

    /// The hashes that count.
    enum Algorithm {
        SHA224("sha224", "SHA-224", 28),
        SHA256("sha256", "SHA-256", 32),
        SHA384("sha384", "SHA-384", 48),
        SHA512("sha512", "SHA-512", 64),
        SHA512_224("sha512_224", "SHA-512/224", 28),
        SHA512_256("sha512_256", "SHA-512/256", 32);

        private final String word;
        private final String name;
        private final int size;

        Algorithm(String word, String name, int size) {
            this.word = word;
            this.name = name;
            this.size = size;
        }

        private MessageDigest start() {
            try {
                return MessageDigest.getInstance(name);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every JVM has " + name, impossible);
            }
        }
    }

    ContentDigest {
        Objects.requireNonNull(algorithm);
        Objects.requireNonNull(hex);
    }

    /// @throws FormatException if the text is no digest, or its hash none that counts
    static ContentDigest parse(String text) throws FormatException {
        for (Algorithm each : Algorithm.values()) {
            if (text.startsWith(each.word + ":")) {
                String hex = text.substring(each.word.length() + 1);
                if (hex.length() != 2 * each.size
                        || !hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                    throw new FormatException("a digest is not of " + 2 * each.size + " hexadecimal digits", 0);
                }
                return new ContentDigest(each, hex);
            }
        }
        throw new FormatException("a digest is of no SHA-2 hash", 0);
    }

    boolean isOf(byte[] content) {
        return matches(algorithm.start().digest(content));
    }

    boolean isOf(ByteRegion content) throws IOException {
        MessageDigest digest = algorithm.start();
        byte[] chunk = new byte[(int) Math.min(CHUNK, content.size())];
        for (long at = 0; at < content.size(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, content.size() - at);
            content.read(at, chunk, length, "SIF object");
            digest.update(chunk, 0, length);
        }
        return matches(digest.digest());
    }

    private boolean matches(byte[] hash) {
        return Arrays.equals(hash, HexFormat.of().parseHex(hex));
    }
}
