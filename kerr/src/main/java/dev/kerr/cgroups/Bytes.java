package dev.kerr.cgroups;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;

/// Sizes as people write them for limits: `512m`, `1.5GiB`, `1073741824`.
///
/// **Source:** what Apptainer and Docker take: a decimal number, perhaps blanks, and `b`, `k`, `m`, `g`, `t` or `p` in
/// either case, each 1024 of the one before, perhaps with `b` or `ib` behind.
final class Bytes {
    private static final String UNITS = "bkmgtp";

    private Bytes() {}

    /// Whole bytes, a fraction of one left out; empty if the text is no size or is 2^63 or more.
    static OptionalLong parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int end = 0;
        int dots = 0;
        while (end < lower.length() && (isDigit(lower.charAt(end)) || lower.charAt(end) == '.')) {
            dots += lower.charAt(end) == '.' ? 1 : 0;
            end++;
        }
        int power = power(lower.substring(end).strip());
        if (power < 0
                || end == 0
                || end > 30
                || dots > 1
                || !isDigit(lower.charAt(0))
                || !isDigit(lower.charAt(end - 1))) {
            return OptionalLong.empty();
        }
        if (dots == 0 && end < 10 && power < 4) {
            return OptionalLong.of(Long.parseLong(lower.substring(0, end)) << 10 * power);
        }
        var bytes = new BigDecimal(lower.substring(0, end)).multiply(BigDecimal.valueOf(1L << 10 * power));
        boolean fits = bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
        return fits ? OptionalLong.of(bytes.longValue()) : OptionalLong.empty();
    }

    private static int power(String unit) {
        if (unit.isEmpty()) {
            return 0;
        }
        int power = UNITS.indexOf(unit.charAt(0));
        String rest = unit.substring(1);
        boolean isKnown = rest.isEmpty() || power > 0 && (rest.equals("b") || rest.equals("ib"));
        return isKnown ? power : -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
