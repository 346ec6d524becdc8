package dev.kerr.squashfs;

import java.nio.charset.StandardCharsets;

/// Strings with one char for each byte.
final class ByteStrings {
    private ByteStrings() {}

    static byte[] bytes(String byteString) {
        return byteString.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String of(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    /// As a person reads it, with a question mark for what is not UTF-8 or would act on a terminal.
    static String printable(String byteString) {
        return new String(bytes(byteString), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}|\ufffd", "?");
    }
}
