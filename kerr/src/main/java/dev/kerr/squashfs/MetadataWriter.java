package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.compress.Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;

/// Collects a table in memory: what is put into it, little-endian, cut into blocks of 8 KiB that are packed one by one.
final class MetadataWriter {
    private static final int BLOCK_SIZE = MetadataBlocks.BLOCK_SIZE;
    private static final int STORED = 0x8000;

    private final Optional<Compressor> compressor;
    private final byte[] target;
    private final byte[] block = new byte[BLOCK_SIZE];
    private final byte[] number = new byte[Long.BYTES];
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final LongList blockStarts = new LongList();
    private int filled;

    /// @param compressor of the caller's thread; empty to store blocks as they are
    MetadataWriter(Optional<Compressor> compressor) {
        this.compressor = compressor;
        this.target = new byte[compressor.isPresent() ? compressor.get().bound(BLOCK_SIZE) : 0];
    }

    /// Where the block is that the next byte goes to, from the start of the table.
    long blockStart() {
        return packed.size();
    }

    /// Where in that block, unpacked, the next byte goes.
    int offset() {
        return filled;
    }

    /// Both as a reference.
    long reference() {
        return blockStart() << 16 | filled;
    }

    void put16(int value) {
        LittleEndian.put16(number, 0, value);
        put(number, Short.BYTES);
    }

    void put32(long value) {
        LittleEndian.put32(number, 0, (int) value);
        put(number, Integer.BYTES);
    }

    void put64(long value) {
        LittleEndian.put64(number, 0, value);
        put(number, Long.BYTES);
    }

    void put(byte[] bytes) {
        put(bytes, bytes.length);
    }

    private void put(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            int now = Math.min(length - at, BLOCK_SIZE - filled);
            System.arraycopy(bytes, at, block, filled, now);
            filled += now;
            at += now;
            if (filled == BLOCK_SIZE) {
                pack();
            }
        }
    }

    private void pack() {
        blockStarts.add(packed.size());
        int size = compressor.isPresent() ? compressor.get().compress(block, filled, target) : filled;
        if (size < filled) {
            putHeader(size);
            packed.write(target, 0, size);
        } else {
            putHeader(filled | STORED);
            packed.write(block, 0, filled);
        }
        filled = 0;
    }

    private void putHeader(int header) {
        packed.write(header);
        packed.write(header >>> 8);
    }

    /// Writes the whole table.
    ///
    /// @return where it begins
    long writeTo(Output output) throws IOException {
        if (filled > 0) {
            pack();
        }
        long start = output.position();
        output.append(packed.toByteArray(), packed.size());
        return start;
    }

    /// Writes the whole table, then `header` and the list of its blocks' positions.
    ///
    /// @return where `header` begins
    long writeWithList(Output output, byte[] header) throws IOException {
        long start = writeTo(output);
        long listStart = output.position();
        output.append(header, header.length);
        byte[] list = new byte[blockStarts.size() * Long.BYTES];
        for (int i = 0; i < blockStarts.size(); i++) {
            LittleEndian.put64(list, i * Long.BYTES, start + blockStarts.get(i));
        }
        output.append(list, list.length);
        return listStart;
    }
}
