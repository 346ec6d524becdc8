package dev.kerr.integrity;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Bytes as text: a line that begins it, headers, an empty line, base64 and a check sum, a line that ends it.
///
/// **Source:** RFC 4880, section 6.
final class Armor {
    static final String SIGNATURE = "PGP SIGNATURE";
    static final String PUBLIC_KEYS = "PGP PUBLIC KEY BLOCK";

    private static final int CHECK_START = 0xb704ce;
    private static final int CHECK_POLYNOMIAL = 0x1864cfb;

    private Armor() {}

    static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    static String end(String label) {
        return "-----END " + label + "-----";
    }

    /// The lines of a text, of which each character is a byte, without what ends them and blanks there.
    static List<String> lines(byte[] text) {
        return new String(text, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::stripTrailing)
                .toList();
    }

    /// What all blocks of a kind hold, with any text between them.
    ///
    /// @throws FormatException if one is damaged
    static List<byte[]> blocks(List<String> lines, String label) throws FormatException {
        var blocks = new ArrayList<byte[]>();
        for (int at = lines.indexOf(begin(label)); at >= 0 && at < lines.size(); at++) {
            if (lines.get(at).equals(begin(label))) {
                int end = at + 1;
                while (end < lines.size() && !lines.get(end).equals(end(label))) {
                    end++;
                }
                if (end == lines.size()) {
                    throw new FormatException("armour of OpenPGP has no end", 0);
                }
                blocks.add(decode(lines.subList(at + 1, end)));
                at = end;
            }
        }
        return blocks;
    }

    /// @param lines between the one that begins the block and the one that ends it
    private static byte[] decode(List<String> lines) throws FormatException {
        int at = 0;
        while (at < lines.size() && lines.get(at).contains(": ")) {
            at++;
        }
        if (at == lines.size() || !lines.get(at).isEmpty()) {
            throw new FormatException("armour of OpenPGP has no empty line behind its headers", 0);
        }
        var base64 = new StringBuilder();
        String check = "";
        for (String line : lines.subList(at + 1, lines.size())) {
            if (!check.isEmpty()) {
                throw new FormatException("armour of OpenPGP goes on behind its check sum", 0);
            }
            if (line.startsWith("=")) {
                check = line.substring(1);
            } else {
                base64.append(line);
            }
        }
        byte[] bytes = base64(base64.toString());
        if (!check.isEmpty() && number(base64(check)) != checkSum(bytes)) {
            throw new FormatException("the check sum of armour of OpenPGP is another", 0);
        }
        return bytes;
    }

    private static byte[] base64(String text) throws FormatException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new FormatException("armour of OpenPGP is damaged", 0);
        }
    }

    private static int number(byte[] check) {
        int number = 0;
        for (byte each : check) {
            number = number << 8 | each & 0xff;
        }
        return number;
    }

    private static int checkSum(byte[] bytes) {
        int sum = CHECK_START;
        for (byte each : bytes) {
            sum ^= (each & 0xff) << 16;
            for (int bit = 0; bit < 8; bit++) {
                sum <<= 1;
                if ((sum & 0x1000000) != 0) {
                    sum ^= CHECK_POLYNOMIAL;
                }
            }
        }
        return sum;
    }
}
