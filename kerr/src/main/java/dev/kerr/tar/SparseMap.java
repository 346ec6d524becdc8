package dev.kerr.tar;

import dev.kerr.bytes.FormatException;
import dev.kerr.tar.TarHeader.Field;
import java.io.IOException;
import java.util.Arrays;

/// Where in a file the bytes go that an archive has of it; all else are holes.
///
/// Four ways to write it are in use: numbers in the header and in blocks behind it (GNU); a pax record for each number
/// (0.0); one record with all numbers (0.1); decimal lines in front of the content (1.0).
///
/// **Source:** GNU tar manual, "Storing Sparse Files" and "Basic Tar Format".
final class SparseMap {
    static final String OFFSET = "GNU.sparse.offset";
    static final String BYTES = "GNU.sparse.numbytes";
    static final String MAP = "GNU.sparse.map";

    /// Ours, for memory: 16 MiB.
    private static final int MOST_REGIONS = 1 << 20;

    private static final int REGIONS_IN_HEADER = 4;
    private static final int REGIONS_IN_BLOCK = 21;
    private static final int REGION_SIZE = 24;
    private static final int FIELD_SIZE = 12;
    private static final int HEADER_REGIONS_AT = 386;
    private static final int HEADER_CONTINUES_AT = 482;
    private static final int BLOCK_CONTINUES_AT = 504;
    private static final Field REAL_SIZE = new Field(483, FIELD_SIZE, "size of a sparse file");

    private final long offset;
    /// Offset and size of each region.
    private long[] numbers = new long[2 * REGIONS_IN_HEADER];

    private int count;
    private long end;
    private long stored;

    private SparseMap(long offset) {
        this.offset = offset;
    }

    /// All of a file of `size` bytes.
    static SparseMap whole(long size) {
        var map = new SparseMap(0);
        map.numbers[1] = size;
        map.count = size > 0 ? 2 : 0;
        map.end = size;
        map.stored = size;
        return map;
    }

    int regions() {
        return count / 2;
    }

    long start(int region) {
        return numbers[2 * region];
    }

    long size(int region) {
        return numbers[2 * region + 1];
    }

    /// Bytes that the archive has of the file.
    long storedBytes() {
        return stored;
    }

    /// Size of the file, after the last region has been added.
    long fileSize() {
        return end;
    }

    private void add(long start, long size) throws FormatException {
        if (start < end || size < 0 || start > Long.MAX_VALUE - size) {
            throw new FormatException("sparse map is out of order", offset);
        }
        if (regions() == MOST_REGIONS) {
            throw new FormatException("sparse map of more than " + MOST_REGIONS + " regions", offset);
        }
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = start;
        numbers[count++] = size;
        end = start + size;
        stored += size;
    }

    /// The file ends at `size`, with a hole if need be.
    private SparseMap endingAt(long size) throws FormatException {
        if (size < end) {
            throw new FormatException("sparse map is longer than its file of " + size + " bytes", offset);
        }
        end = size;
        return this;
    }

    /// The map in a GNU header, and in the blocks that follow it.
    static SparseMap ofHeader(TarHeader header, TarInput input) throws IOException {
        var map = new SparseMap(header.offset());
        map.addRegions(header.block(), HEADER_REGIONS_AT, REGIONS_IN_HEADER);
        byte[] block = new byte[TarHeader.SIZE];
        boolean continues = header.block()[HEADER_CONTINUES_AT] != 0;
        while (continues) {
            if (!input.readBlock(block)) {
                throw new FormatException("truncated tar archive", input.position());
            }
            map.addRegions(block, 0, REGIONS_IN_BLOCK);
            continues = block[BLOCK_CONTINUES_AT] != 0;
        }
        return map.endingAt(header.number(REAL_SIZE));
    }

    private void addRegions(byte[] block, int from, int most) throws FormatException {
        for (int at = from; at < from + most * REGION_SIZE; at += REGION_SIZE) {
            if (block[at + FIELD_SIZE] == 0) {
                return;
            }
            add(
                    TarNumber.decode(block, new Field(at, FIELD_SIZE, OFFSET), offset),
                    TarNumber.decode(block, new Field(at + FIELD_SIZE, FIELD_SIZE, BYTES), offset));
        }
    }

    /// The map in a record: offset, size, offset, size.
    static SparseMap ofRecord(String record, long fileSize, long offset) throws FormatException {
        var map = new SparseMap(offset);
        for (int at = 0; at < record.length(); ) {
            int middle = record.indexOf(',', at);
            if (middle < 0) {
                throw new FormatException("sparse map has an odd number of numbers", offset);
            }
            int comma = record.indexOf(',', middle + 1);
            int next = comma < 0 ? record.length() : comma;
            map.add(map.number(record.substring(at, middle)), map.number(record.substring(middle + 1, next)));
            at = next + 1;
        }
        return map.endingAt(fileSize);
    }

    /// The map in front of the content, which is padded to whole blocks.
    static SparseMap ofContent(TarInput input, long fileSize, long offset) throws IOException {
        var map = new SparseMap(offset);
        var lines = new Lines(input);
        long left = map.number(lines.next());
        while (left-- > 0) {
            long start = map.number(lines.next());
            map.add(start, map.number(lines.next()));
        }
        return map.endingAt(fileSize);
    }

    private long number(String digits) throws FormatException {
        boolean isNumber = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber || digits.length() > Lines.LONGEST) {
            throw new FormatException("sparse map has no number where one belongs", offset);
        }
        return Long.parseLong(digits);
    }

    /// Lines of blocks that are read one by one.
    private static final class Lines {
        /// Digits of the longest number.
        static final int LONGEST = 18;

        private final TarInput input;
        private final byte[] block = new byte[TarHeader.SIZE];
        private int at = TarHeader.SIZE;

        Lines(TarInput input) {
            this.input = input;
        }

        /// The next line, cut when it is too long for a number.
        String next() throws IOException {
            var line = new StringBuilder();
            while (line.length() <= LONGEST) {
                if (at == TarHeader.SIZE) {
                    if (!input.readBlock(block)) {
                        throw new FormatException("truncated tar archive", input.position());
                    }
                    at = 0;
                }
                char c = (char) (block[at++] & 0xff);
                if (c == '\n') {
                    break;
                }
                line.append(c);
            }
            return line.toString();
        }
    }
}
