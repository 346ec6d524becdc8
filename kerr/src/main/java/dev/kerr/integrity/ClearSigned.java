package dev.kerr.integrity;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/// A text with signatures below it, and nothing around both: what is outside is vouched for by nobody.
///
/// **Source:** RFC 4880, section 7.
///
/// @param text exactly what is signed: lines without blanks at their ends, that end in CR and LF but for the last
/// @param signatures packets of OpenPGP
record ClearSigned(byte[] text, byte[] signatures) {
    private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";

    /// @throws FormatException if it is none, or there is more than that
    static ClearSigned parse(byte[] message) throws FormatException {
        List<String> lines = lines(message);
        int begin = 0;
        while (begin < lines.size() && lines.get(begin).isEmpty()) {
            begin++;
        }
        if (!lines.contains(BEGIN)) {
            throw new FormatException("no clear-signed message", 0);
        }
        if (!lines.get(begin).equals(BEGIN)) {
            throw new FormatException("there is text before the signed message", 0);
        }
        int text = begin + 1;
        while (text < lines.size() && lines.get(text).startsWith("Hash: ")) {
            text++;
        }
        if (text == lines.size() || !lines.get(text).isEmpty()) {
            throw new FormatException("the signed message has another header than Hash", 0);
        }
        int signature = lines.indexOf(Armor.begin(Armor.SIGNATURE));
        int end = lines.indexOf(Armor.end(Armor.SIGNATURE));
        if (signature <= text || end < signature) {
            throw new FormatException("the signed message has no signature", 0);
        }
        for (String line : lines.subList(end + 1, lines.size())) {
            if (!line.isEmpty()) {
                throw new FormatException("there is text behind the signed message", 0);
            }
        }
        List<byte[]> blocks = Armor.blocks(lines.subList(signature, end + 1), Armor.SIGNATURE);
        return new ClearSigned(text(lines.subList(text + 1, signature)), blocks.getFirst());
    }

    /// Ends of lines count for what is signed, so no others are taken than the two that everybody takes for one.
    private static List<String> lines(byte[] message) throws FormatException {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        List<String> lines = Arrays.stream(text.split("\n", -1))
                .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
                .map(ClearSigned::withoutBlanks)
                .toList();
        for (String line : lines) {
            if (line.indexOf('\r') >= 0) {
                throw new FormatException("a line of the signed message has a carriage return in it", 0);
            }
        }
        return lines;
    }

    private static String withoutBlanks(String line) {
        int length = line.length();
        while (length > 0 && (line.charAt(length - 1) == ' ' || line.charAt(length - 1) == '\t')) {
            length--;
        }
        return line.substring(0, length);
    }

    private static byte[] text(List<String> escaped) throws FormatException {
        var text = new StringJoiner("\r\n");
        for (String line : escaped) {
            if (line.startsWith("-") && !line.startsWith("- ")) {
                throw new FormatException("a line of the signed message begins with a dash", 0);
            }
            text.add(line.startsWith("- ") ? line.substring(2) : line);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
