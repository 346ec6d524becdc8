package dev.kerr.build;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// What a result of a build depends on, as one digest: that of what was there before, and of what was done to it.
///
/// @param hex SHA-256, in lower case
record StepKey(String hex) {
    /// Where every build begins.
    static final StepKey NOTHING = new StepKey("");

    /// The key of what comes after, if these texts say all that it depends on besides.
    StepKey then(List<String> texts) {
        MessageDigest digest = sha256();
        add(digest, hex);
        texts.forEach(text -> add(digest, text));
        return new StepKey(HexFormat.of().formatHex(digest.digest()));
    }

    StepKey then(String... texts) {
        return then(List.of(texts));
    }

    /// Each text with its length before it, so that no two lists of texts are the same bytes.
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
