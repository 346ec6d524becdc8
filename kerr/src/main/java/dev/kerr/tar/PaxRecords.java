package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// The records of an extended header, by key; values are byte strings.
///
/// A record is `LENGTH KEY=VALUE\n`, where `LENGTH` counts all of it in decimal digits. Of two records with one key the
/// last holds. An empty value takes back what a header said before, but for an extended attribute: that may be empty.
///
/// **Source:** POSIX.1-2017 `pax`, "pax Extended Header"; `man 5 star` (`SCHILY.xattr`); libarchive's `man 5 tar`
/// (`LIBARCHIVE.xattr`).
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";

    private static final String XATTR_OF_LIBARCHIVE = "LIBARCHIVE.xattr.";
    private static final int MOST_DIGITS = 18;

    private final SequencedMap<String, String> records;
    private final long offset;

    private PaxRecords(SequencedMap<String, String> records, long offset) {
        this.records = records;
        this.offset = offset;
    }

    static PaxRecords none() {
        return new PaxRecords(new LinkedHashMap<>(), 0);
    }

    /// The key of an extended attribute, whose name must have no equals sign there: as GNU tar writes it.
    static String xattrKey(String name) {
        return XATTR + name.replace("%", "%25").replace("=", "%3D");
    }

    /// These records, and those of an extended header over them.
    ///
    /// @param header the bytes of that header
    /// @param at where it is in the archive, for messages
    PaxRecords with(byte[] header, long at) throws FormatException {
        var all = new PaxRecords(new LinkedHashMap<>(records), at);
        int start = 0;
        while (start < header.length) {
            start = all.add(header, start);
        }
        return all;
    }

    /// @return where the record behind it begins
    private int add(byte[] header, int start) throws FormatException {
        int at = start;
        int length = 0;
        for (; at < header.length && header[at] >= '0' && header[at] <= '9' && length <= header.length; at++) {
            length = length * 10 + (header[at] - '0');
        }
        int end = start + length;
        if (at == start
                || at >= header.length
                || header[at] != ' '
                || length > header.length - start
                || at + 1 >= end) {
            throw new FormatException("pax record has a wrong length", offset + start);
        }
        String record = ByteStrings.of(header, at + 1, end - at - 1);
        int equals = record.indexOf('=');
        int nul = record.indexOf('\0');
        if (equals < 1 || nul >= 0 && nul < equals || record.charAt(record.length() - 1) != '\n') {
            throw new FormatException("pax record is no KEY=VALUE", offset + start);
        }
        add(record.substring(0, equals), record.substring(equals + 1, record.length() - 1));
        return end;
    }

    private void add(String key, String value) {
        if (key.equals(SparseMap.OFFSET) || key.equals(SparseMap.BYTES)) {
            // The first kind of sparse map is one record after the other, the second all numbers in one record.
            records.merge(SparseMap.MAP, value, (before, one) -> before + "," + one);
        } else if (value.isEmpty() && !key.startsWith(XATTR)) {
            records.remove(key);
        } else {
            records.put(key, value);
        }
    }

    /// Refuses what would make one file of all that follow.
    void checkGlobal() throws FormatException {
        for (String key : records.keySet()) {
            if (key.equals("path") || key.equals("linkpath") || key.equals("size") || key.startsWith("GNU.sparse.")) {
                throw new FormatException("pax header for all entries has " + ByteStrings.printable(key), offset);
            }
        }
    }

    /// The value of a key, a name or a path.
    ///
    /// @throws FormatException if there is a NUL in it
    Optional<String> text(String key) throws FormatException {
        String value = records.get(key);
        if (value != null && value.indexOf('\0') >= 0) {
            throw new FormatException("pax record " + key + " has a NUL in it", offset);
        }
        return Optional.ofNullable(value);
    }

    /// The value of a key as a decimal number from 0 on.
    OptionalLong number(String key) throws FormatException {
        String value = records.get(key);
        return value == null ? OptionalLong.empty() : OptionalLong.of(number(key, value));
    }

    private long number(String key, String value) throws FormatException {
        if (value.isEmpty() || value.length() > MOST_DIGITS || !isDigits(value)) {
            throw new FormatException(
                    "pax record " + key + " is no number: \"" + ByteStrings.printable(value) + "\"", offset);
        }
        return Long.parseLong(value);
    }

    private static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// The value of a key as Unix seconds, rounded down: `-1.5` is -2.
    OptionalLong seconds(String key) throws FormatException {
        String value = records.get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        boolean isNegative = value.startsWith("-");
        int point = value.indexOf('.');
        String whole = value.substring(isNegative ? 1 : 0, point < 0 ? value.length() : Math.max(point, 1));
        String fraction = point < 0 ? "" : value.substring(point + 1);
        if (!isDigits(fraction)) {
            throw new FormatException("pax record " + key + " is no time", offset);
        }
        long seconds = number(key, whole);
        boolean isExact = fraction.chars().allMatch(c -> c == '0');
        return OptionalLong.of(isNegative ? -seconds - (isExact ? 0 : 1) : seconds);
    }

    /// The extended attributes.
    SortedMap<String, byte[]> xattrs() throws FormatException {
        SortedMap<String, byte[]> xattrs = new TreeMap<>();
        for (Map.Entry<String, String> record : records.entrySet()) {
            String key = record.getKey();
            if (key.startsWith(XATTR)) {
                String name = key.substring(XATTR.length());
                xattrs.put(name.replace("%3D", "=").replace("%25", "%"), ByteStrings.bytes(record.getValue()));
            } else if (key.startsWith(XATTR_OF_LIBARCHIVE)) {
                // Whoever writes these writes the others too, unless names or values are beyond them.
                xattrs.putIfAbsent(unescape(key.substring(XATTR_OF_LIBARCHIVE.length())), base64(record.getValue()));
            }
        }
        return xattrs;
    }

    /// Names are escaped as in a URL: `user.a%3Db`.
    private static String unescape(String name) {
        var text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            int value = name.charAt(i) == '%' && i + 2 < name.length() ? hexadecimal(name, i + 1) : -1;
            text.append(value < 0 ? name.charAt(i) : (char) value);
            i += value < 0 ? 0 : 2;
        }
        return text.toString();
    }

    private static int hexadecimal(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private byte[] base64(String value) throws FormatException {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            var wrong = new FormatException("pax record of an extended attribute is no base 64", offset);
            wrong.initCause(e);
            throw wrong;
        }
    }
}
