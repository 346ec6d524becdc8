package dev.kerr.cgroups;

import java.util.BitSet;
import java.util.Optional;

/// Processors or memory nodes as the kernel writes them: `0-3,7`.
///
/// **Source:** cpuset(7), List Format.
final class NumberSet {
    /// More than any kernel is built for.
    private static final int MOST = 1 << 16;

    private NumberSet() {}

    /// The numbers; empty if the text is no list, or names none.
    static Optional<BitSet> parse(String text) {
        var numbers = new BitSet();
        for (String item : text.strip().split(",", -1)) {
            int dash = item.indexOf('-');
            int first = number(dash < 0 ? item : item.substring(0, dash));
            int last = dash < 0 ? first : number(item.substring(dash + 1));
            if (first < 0 || last < first) {
                return Optional.empty();
            }
            numbers.set(first, last + 1);
        }
        return Optional.of(numbers);
    }

    /// The numbers of the one that the other lacks, as text; empty if there are none.
    static String missing(BitSet wanted, BitSet there) {
        var missing = (BitSet) wanted.clone();
        missing.andNot(there);
        var text = new StringBuilder();
        for (int at = missing.nextSetBit(0); at >= 0; ) {
            int end = missing.nextClearBit(at);
            text.append(text.isEmpty() ? "" : ",").append(at);
            if (end - at > 1) {
                text.append('-').append(end - 1);
            }
            at = missing.nextSetBit(end);
        }
        return text.toString();
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 6) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number < MOST ? number : -1;
    }
}
