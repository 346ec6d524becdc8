package dev.kerr.bytes;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Byte strings: strings with one char of 0 to 255 for each byte (ISO-8859-1), for names that are bytes in no
/// particular encoding.
public final class ByteStrings {
    private ByteStrings() {}

    /// The bytes of a byte string.
    public static byte[] bytes(String byteString) {
        return byteString.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The byte string of `length` bytes at `from`.
    public static String of(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    /// The bytes that the kernel gets for a path of the host.
    public static String of(Path path) {
        byte[] bytes = path.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        return bytes.length == 0 ? "." : of(bytes, 0, bytes.length);
    }

    /// As a person reads it, with a question mark for what is not UTF-8 or would act on a terminal.
    public static String printable(String byteString) {
        return new String(bytes(byteString), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}|\ufffd", "?");
    }
}
