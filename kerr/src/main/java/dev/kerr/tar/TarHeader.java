package dev.kerr.tar;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.FormatException;

/// A header: one block of 512 bytes.
///
/// |  at | bytes | field                |      |  at | bytes | field                       |
/// |----:|------:|----------------------|------|----:|------:|-----------------------------|
/// |   0 |   100 | name                 |      | 157 |   100 | target of a link            |
/// | 100 |     8 | mode                 |      | 257 |     8 | magic and version           |
/// | 108 |     8 | uid                  |      | 265 |    32 | name of the owner, not used |
/// | 116 |     8 | gid                  |      | 297 |    32 | name of the group, not used |
/// | 124 |    12 | size                 |      | 329 |     8 | major number of a device    |
/// | 136 |    12 | time of modification |      | 337 |     8 | minor number                |
/// | 148 |     8 | checksum             |      | 345 |   155 | prefix of the name; ustar   |
/// | 156 |     1 | type                 |      | 386 |   110 | sparse map and size; GNU    |
///
/// Numbers are octal text, or base 256 ([TarNumber]).
///
/// **Source:** POSIX.1-2017 `pax`, "ustar Interchange Format"; GNU tar `src/tar.h`; star's `man 5 star`.
@SuppressWarnings("ArrayRecordComponent") // never compared
record TarHeader(byte[] block, long offset) {
    static final int SIZE = 512;

    static final Field NAME = new Field(0, 100, "name");
    static final Field MODE = new Field(100, 8, "mode");
    static final Field UID = new Field(108, 8, "uid");
    static final Field GID = new Field(116, 8, "gid");
    static final Field BYTES = new Field(124, 12, "size");
    static final Field MODIFIED = new Field(136, 12, "time of modification");
    static final Field CHECKSUM = new Field(148, 8, "checksum");
    static final Field TYPE = new Field(156, 1, "type");
    static final Field TARGET = new Field(157, 100, "target");
    static final Field MAGIC = new Field(257, 8, "magic");
    static final Field MAJOR = new Field(329, 8, "major number");
    static final Field MINOR = new Field(337, 8, "minor number");
    static final Field PREFIX = new Field(345, 155, "prefix");

    private static final Field STAR_PREFIX = new Field(345, 131, "prefix");
    private static final Field STAR_MAGIC = new Field(508, 4, "magic");

    /// Where a field is.
    record Field(int at, int length, String name) {}

    /// Checks the sum.
    ///
    /// @throws FormatException if it is another
    static TarHeader decode(byte[] block, long offset) throws FormatException {
        var header = new TarHeader(block, offset);
        long claimed = header.number(CHECKSUM);
        // Some old programs added the bytes as signed ones.
        if (claimed != sum(block, 0xff) && claimed != sum(block, -1)) {
            throw new FormatException("tar header has a wrong checksum", offset);
        }
        return header;
    }

    /// The sum of all bytes, those of the checksum counted as blanks.
    ///
    /// @param mask 0xff for unsigned bytes, -1 for signed ones
    static long sum(byte[] block, int mask) {
        long sum = 0;
        for (int i = 0; i < SIZE; i++) {
            boolean isChecksum = i >= CHECKSUM.at && i < CHECKSUM.at + CHECKSUM.length;
            sum += isChecksum ? ' ' : block[i] & mask;
        }
        return sum;
    }

    /// Whether all bytes are zero: the end of an archive.
    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    char type() {
        return (char) (block[TYPE.at] & 0xff);
    }

    /// The name, with its prefix where the format has one.
    String name() {
        String name = text(NAME);
        String magic = text(MAGIC);
        if (!magic.equals("ustar")) {
            return name;
        }
        String prefix = text(text(STAR_MAGIC).equals("tar") ? STAR_PREFIX : PREFIX);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /// The text in a field, up to its first NUL.
    String text(Field field) {
        int length = 0;
        while (length < field.length && block[field.at + length] != 0) {
            length++;
        }
        return ByteStrings.of(block, field.at, length);
    }

    long number(Field field) throws FormatException {
        return TarNumber.decode(block, field, offset);
    }
}
