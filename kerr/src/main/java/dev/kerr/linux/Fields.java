package dev.kerr.linux;

import java.util.ArrayList;
import java.util.List;

/// Lines of colon-separated fields, as passwd(5), group(5) and subuid(5) have them.
public final class Fields {
    private Fields() {}

    /// Splits at every `:`, empty fields included; no regular expression, for the launch path's sake.
    public static List<String> of(String line) {
        var fields = new ArrayList<String>(7);
        int start = 0;
        for (int colon = line.indexOf(':'); colon >= 0; colon = line.indexOf(':', start)) {
            fields.add(line.substring(start, colon));
            start = colon + 1;
        }
        fields.add(line.substring(start));
        return fields;
    }

    /// An id, or -1 if the text is not a number from 0 to 2^31-1.
    public static int id(String text) {
        long value = number(text);
        return value <= Integer.MAX_VALUE ? (int) value : -1;
    }

    /// A number of at most ten digits; -1 if the text is none.
    static long number(String text) {
        if (text.isEmpty() || text.length() > 10) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
