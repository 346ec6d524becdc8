package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import dev.kerr.tar.TarHeader.Field;
import java.util.Arrays;

/// Numbers in headers: octal digits, or, with the first bit set, a big-endian number in two's complement.
///
/// **Source:** POSIX.1-2017 `pax`; GNU tar manual, "Extensions to the Traditional Format" (base 256).
final class TarNumber {
    private static final int BASE_256 = 0x80;

    private TarNumber() {}

    /// The number in a field of `block`; 0 if there is nothing in it.
    ///
    /// @param offset of the block, for the message
    static long decode(byte[] block, Field field, long offset) throws FormatException {
        if ((block[field.at()] & BASE_256) != 0) {
            return base256(block, field, offset);
        }
        int at = field.at();
        int end = at + field.length();
        while (at < end && isBlank(block[at])) {
            at++;
        }
        long value = 0;
        for (; at < end && !isBlank(block[at]); at++) {
            if (block[at] < '0' || block[at] > '7') {
                throw garbage(block, field, offset);
            }
            value = value << 3 | (block[at] - '0');
        }
        for (; at < end; at++) {
            if (!isBlank(block[at])) {
                throw garbage(block, field, offset);
            }
        }
        return value;
    }

    private static boolean isBlank(byte b) {
        return b == 0 || b == ' ';
    }

    private static FormatException garbage(byte[] block, Field field, long offset) {
        String text = ByteStrings.printable(ByteStrings.of(block, field.at(), field.length()));
        return new FormatException("tar header: " + field.name() + " is no number: \"" + text + "\"", offset);
    }

    private static long base256(byte[] block, Field field, long offset) throws FormatException {
        // The bit that marks the number is none of it: the next one is its sign.
        long value = (byte) (block[field.at()] << 1) >> 1;
        for (int i = 1; i < field.length(); i++) {
            long next = value << 8 | (block[field.at() + i] & 0xff);
            if (next >> 8 != value) {
                throw new FormatException("tar header: " + field.name() + " is out of range", offset);
            }
            value = next;
        }
        return value;
    }

    /// Whether octal digits in the field, with a NUL behind them, have room for `value`.
    static boolean fits(long value, Field field) {
        return value >= 0 && value >>> 3 * (field.length() - 1) == 0;
    }

    /// Writes `value`, which fits, as octal digits and a NUL.
    static void encode(long value, byte[] block, Field field) {
        int last = field.at() + field.length() - 1;
        Arrays.fill(block, field.at(), last, (byte) '0');
        block[last] = 0;
        long left = value;
        for (int at = last - 1; left > 0; at--) {
            block[at] = (byte) ('0' + (left & 7));
            left >>>= 3;
        }
    }
}
