package dev.kerr.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A member of a gzip file, made of the same data in zlib's wrapper. It names no file, no time and no system.
///
/// | at | bytes | field                           | |  at | bytes | field                              |
/// |---:|------:|---------------------------------|-|----:|------:|------------------------------------|
/// |  0 |     4 | magic, deflate, no flags        | |  10 |     n | deflate data                       |
/// |  4 |     4 | time: none                      | | 10+n|     4 | CRC-32 of the content              |
/// |  8 |     2 | no extra flags, unknown system  | | 14+n|     4 | bytes of the content, modulo 2³²   |
///
/// **Source:** RFC 1952, section 2.3; RFC 1950, section 2.2.
final class GzipMember {
    private static final int HEADER_SIZE = 10;
    private static final int TRAILER_SIZE = 8;
    private static final int ZLIB_HEADER_SIZE = 2;
    private static final int ZLIB_TRAILER_SIZE = 4;
    private static final int MAGIC_AND_METHOD = 0x00_08_8b_1f;
    private static final short UNKNOWN_SYSTEM = (short) 0xff00;

    private GzipMember() {}

    /// @param zlib in whose first `size` bytes the content is
    /// @param checksum CRC-32 of the content
    /// @param length bytes of the content
    static byte[] ofZlib(byte[] zlib, int size, long checksum, int length) {
        int deflated = size - ZLIB_HEADER_SIZE - ZLIB_TRAILER_SIZE;
        var member = ByteBuffer.allocate(HEADER_SIZE + deflated + TRAILER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        member.putInt(MAGIC_AND_METHOD).putInt(0).putShort(UNKNOWN_SYSTEM);
        member.put(zlib, ZLIB_HEADER_SIZE, deflated);
        member.putInt((int) checksum).putInt(length);
        return member.array();
    }
}
