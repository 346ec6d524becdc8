package dev.kerr.bytes;

/// Little-endian integers in a byte array. Unsigned 32-bit values are given as `long`.
///
/// Written with shifts rather than a view var handle: the launch path runs interpreted, where the handle costs
/// more than it saves.
public final class LittleEndian {
    private LittleEndian() {}

    /// The unsigned 8-bit value at `at`.
    public static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    /// The unsigned 16-bit value at `at`.
    public static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    /// The signed 32-bit value at `at`.
    public static int i32(byte[] bytes, int at) {
        return u16(bytes, at) | u16(bytes, at + 2) << 16;
    }

    /// The unsigned 32-bit value at `at`.
    public static long u32(byte[] bytes, int at) {
        return i32(bytes, at) & 0xffff_ffffL;
    }

    /// The signed 64-bit value at `at`.
    public static long i64(byte[] bytes, int at) {
        return u32(bytes, at) | (long) i32(bytes, at + 4) << 32;
    }

    /// Writes the low 16 bits of `value` at `at`.
    public static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
    }

    /// Writes `value` at `at`.
    public static void put32(byte[] bytes, int at, int value) {
        put16(bytes, at, value);
        put16(bytes, at + 2, value >>> 16);
    }

    /// Writes `value` at `at`.
    public static void put64(byte[] bytes, int at, long value) {
        put32(bytes, at, (int) value);
        put32(bytes, at + 4, (int) (value >>> 32));
    }
}
