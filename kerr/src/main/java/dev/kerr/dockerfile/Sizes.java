package dev.kerr.dockerfile;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as Docker writes them: `64m`, `1.5 GiB`, `512`. All units are powers of 1,024.
///
/// Source: docker/go-units, `RAMInBytes`.
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18}(?:[.][0-9]{1,18})?) ?([kmgtp]?)(?:i?b)?");
    private static final String UNITS = "kmgtp";

    private Sizes() {}

    /// The number of bytes; empty if the text is no size, or 2^63 bytes and more.
    static Optional<Long> bytes(String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            return Optional.empty();
        }
        int power = size.group(2).isEmpty() ? 0 : UNITS.indexOf(size.group(2)) + 1;
        BigDecimal bytes =
                new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }
}
