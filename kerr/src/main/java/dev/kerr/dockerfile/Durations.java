package dev.kerr.dockerfile;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `30s`, `1m30s`, `1.5h`, `300ms`.
///
/// Source: Go, `time.ParseDuration`, without signs.
final class Durations {
    private static final Pattern PART =
            Pattern.compile("([0-9]{1,9}(?:[.][0-9]{0,9})?|[.][0-9]{1,9})(ns|us|µs|μs|ms|s|m|h)");
    private static final int MOST_PARTS = 16;

    private Durations() {}

    /// The duration; empty if the text is none.
    static Optional<Duration> of(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher part = PART.matcher(text);
        BigDecimal nanoseconds = BigDecimal.ZERO;
        int at = 0;
        for (int parts = 0; parts < MOST_PARTS && at < text.length(); parts++) {
            if (!part.find() || part.start() != at) {
                return Optional.empty();
            }
            nanoseconds =
                    nanoseconds.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit(part.group(2)))));
            at = part.end();
        }
        return at == 0 || at < text.length()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanoseconds
                        .setScale(0, RoundingMode.DOWN)
                        .min(BigDecimal.valueOf(Long.MAX_VALUE))
                        .longValue()));
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1L;
            case "us", "µs", "μs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
