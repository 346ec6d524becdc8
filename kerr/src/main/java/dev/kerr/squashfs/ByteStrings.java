package dev.kerr.squashfs;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Strings with one char for each byte.
final class ByteStrings {
    private ByteStrings() {}

    static byte[] bytes(String byteString) {
        return byteString.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String of(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    /// The bytes that the kernel gets for a path of the host.
    static String of(Path path) {
        byte[] bytes = path.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
        return bytes.length == 0 ? "." : of(bytes, 0, bytes.length);
    }

    /// As a person reads it, with a question mark for what is not UTF-8 or would act on a terminal.
    static String printable(String byteString) {
        return new String(bytes(byteString), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}|\ufffd", "?");
    }
}
