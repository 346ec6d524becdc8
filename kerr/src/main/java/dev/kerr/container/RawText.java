package dev.kerr.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Bytes that are mostly UTF-8, as text that becomes the same bytes again: a byte that is none is the character U+FFFF
/// and one of the byte's value behind it.
///
/// U+FFFF is no character of any text, and a string without it is known to be free of it at once.
public final class RawText {
    private static final char MARK = '\uffff';
    private static final char REPLACEMENT = '\ufffd';

    private RawText() {}

    /// Whether text that was decoded without us may have lost bytes.
    public static boolean mayHaveLost(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }

    public static String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return mayHaveLost(text) || text.indexOf(MARK) >= 0 ? withMarks(bytes) : text;
    }

    public static byte[] encode(String text) {
        if (text.indexOf(MARK) < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var bytes = new ByteArrayOutputStream(text.length() + 16);
        int from = 0;
        for (int mark = text.indexOf(MARK); mark >= 0; mark = text.indexOf(MARK, from)) {
            bytes.writeBytes(text.substring(from, mark).getBytes(StandardCharsets.UTF_8));
            bytes.write(text.charAt(mark + 1));
            from = mark + 2;
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static String withMarks(byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var from = ByteBuffer.wrap(bytes);
        var to = CharBuffer.allocate(bytes.length);
        var text = new StringBuilder(bytes.length + 16);
        while (true) {
            CoderResult result = decoder.decode(from, to.clear(), true);
            for (int i = 0; i < to.position(); i++) {
                char c = to.get(i);
                if (c == MARK) {
                    text.append(MARK)
                            .append('\u00ef')
                            .append(MARK)
                            .append('\u00bf')
                            .append(MARK)
                            .append('\u00bf');
                } else {
                    text.append(c);
                }
            }
            if (!result.isMalformed()) {
                return text.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                text.append(MARK).append((char) (from.get() & 0xff));
            }
            decoder.reset();
        }
    }
}
