package dev.kerr.integrity;

import java.util.Locale;

/// The fingerprint of an OpenPGP key of version 4.
///
/// @param hex 40 digits in upper case
public record Fingerprint(String hex) implements Comparable<Fingerprint> {
    static final int DIGITS = 40;

    public Fingerprint {
        if (hex.length() != DIGITS || !hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'A' && c <= 'F')) {
            throw new IllegalArgumentException("no fingerprint: " + hex);
        }
    }

    /// @param text 40 digits in either case
    public static Fingerprint of(String text) {
        return new Fingerprint(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public int compareTo(Fingerprint other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
