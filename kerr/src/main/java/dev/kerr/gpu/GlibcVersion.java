package dev.kerr.gpu;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// A version of glibc, as the names of its symbol versions have it: `GLIBC_2.34`, `GLIBC_2.2.5`.
///
/// @param patch 0 where the name has two numbers
public record GlibcVersion(int major, int minor, int patch) implements Comparable<GlibcVersion> {
    private static final String PREFIX = "GLIBC_";

    /// A property of a library rather than a version; glibc has it since 2.36.
    private static final String RELATIVE_RELOCATIONS = "GLIBC_ABI_DT_RELR";

    public GlibcVersion {
        if (major < 0 || minor < 0 || patch < 0) {
            throw new IllegalArgumentException("no version: " + major + "." + minor + "." + patch);
        }
    }

    /// The version that the name of a symbol version asks for; empty for names of others, as `GLIBC_PRIVATE` or
    /// `GLIBCXX_3.4`.
    public static Optional<GlibcVersion> ofSymbolVersion(String name) {
        if (name.equals(RELATIVE_RELOCATIONS)) {
            return Optional.of(new GlibcVersion(2, 36, 0));
        }
        return name.startsWith(PREFIX) ? parse(name.substring(PREFIX.length())) : Optional.empty();
    }

    /// The version of a text like `2.34` or `2.2.5`; empty if it is none.
    public static Optional<GlibcVersion> parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int[] numbers = new int[3];
        int count = 0;
        boolean digits = false;
        for (byte b : bytes) {
            if (b >= '0' && b <= '9' && numbers[count] < 100_000) {
                numbers[count] = numbers[count] * 10 + (b - '0');
                digits = true;
            } else if (b == '.' && digits && count < 2) {
                count++;
                digits = false;
            } else {
                return Optional.empty();
            }
        }
        return digits && count > 0
                ? Optional.of(new GlibcVersion(numbers[0], numbers[1], numbers[2]))
                : Optional.empty();
    }

    @Override
    public int compareTo(GlibcVersion other) {
        Objects.requireNonNull(other);
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor ? Integer.compare(minor, other.minor) : Integer.compare(patch, other.patch);
    }

    public boolean isNewerThan(GlibcVersion other) {
        return compareTo(other) > 0;
    }

    @Override
    public String toString() {
        return patch == 0 ? major + "." + minor : major + "." + minor + "." + patch;
    }
}
