package dev.kerr.integrity;

import dev.kerr.bytes.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A packet of OpenPGP: of what kind, and where.
///
/// **Source:** RFC 4880, section 4.2. Bodies in parts, or without an end, are for data; of them there are none here.
///
/// @param tag the kind
/// @param start of its header
/// @param body behind the header
/// @param end behind the packet
record PgpPacket(int tag, int start, int body, int end) {
    static final int SIGNATURE = 2;
    static final int SECRET_KEY = 5;
    static final int PUBLIC_KEY = 6;

    /// @throws FormatException if the bytes are not packets, one behind the other
    static List<PgpPacket> split(byte[] bytes) throws FormatException {
        var packets = new ArrayList<PgpPacket>();
        for (int at = 0; at < bytes.length; at = packets.getLast().end) {
            packets.add(decode(bytes, at));
        }
        return packets;
    }

    private static PgpPacket decode(byte[] bytes, int at) throws FormatException {
        int first = bytes[at] & 0xff;
        if ((first & 0x80) == 0) {
            throw new FormatException("no packet of OpenPGP", at);
        }
        boolean isNew = (first & 0x40) != 0;
        int lengthBytes = isNew ? lengthBytes(bytes, at) : 1 << (first & 3);
        int body = at + 1 + lengthBytes;
        if (lengthBytes > 4 + 1 || body > bytes.length) {
            throw new FormatException("the length of a packet of OpenPGP is missing", at);
        }
        long length = isNew ? newLength(bytes, at + 1) : number(bytes, at + 1, lengthBytes);
        if (length > bytes.length - body) {
            throw new FormatException("truncated packet of OpenPGP", at);
        }
        return new PgpPacket(isNew ? first & 0x3f : first >> 2 & 0xf, at, body, body + (int) length);
    }

    private static int lengthBytes(byte[] bytes, int at) throws FormatException {
        int octet = at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0;
        if (octet >= 224 && octet < 255) {
            throw new FormatException("a packet of OpenPGP comes in parts", at);
        }
        return octet < 192 ? 1 : octet < 224 ? 2 : 5;
    }

    private static long newLength(byte[] bytes, int at) {
        int octet = bytes[at] & 0xff;
        if (octet < 192) {
            return octet;
        }
        return octet < 224 ? (octet - 192 << 8) + (bytes[at + 1] & 0xff) + 192 : number(bytes, at + 1, 4);
    }

    private static long number(byte[] bytes, int at, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | bytes[at + i] & 0xff;
        }
        return number;
    }

    /// The packet, header and all.
    byte[] encoded(byte[] bytes) {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /// What is digested for the fingerprint of a key.
    ///
    /// **Source:** RFC 4880, section 12.2.
    byte[] fingerprinted(byte[] bytes) {
        return ByteBuffer.allocate(3 + end - body)
                .order(ByteOrder.BIG_ENDIAN)
                .put((byte) 0x99)
                .putShort((short) (end - body))
                .put(bytes, body, end - body)
                .array();
    }
}
