package dev.kerr.config;

import java.util.OptionalLong;

/// Sizes as people write them.
public final class ByteSize {
    private static final String UNITS = "KMG";
    private static final int MOST_DIGITS = 9;

    private ByteSize() {}

    /// The same for texts of which a number without a unit means MiB, and may be 0.
    public static OptionalLong parseMebibytes(String text) {
        boolean plain = !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
        return text.equals("0") ? OptionalLong.of(0) : parse(plain ? text + "M" : text);
    }

    /// The bytes that `text` stands for, a number from 1 to 999999999 that may have the unit K, M or G, of 1024 each;
    /// empty if it is none.
    public static OptionalLong parse(String text) {
        int unit = text.isEmpty() ? -1 : UNITS.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        long bytes = Long.parseLong(digits) << 10 * (unit + 1);
        return bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
