package dev.kerr.squashfs;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.MetadataBlocks.Block;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;

/// Reads unpacked metadata forward from a place in a table, over the ends of blocks up to the end of the table.
final class MetadataCursor {
    private final MetadataBlocks blocks;
    private final Table table;
    private final byte[] number = new byte[8];
    private Block block;
    private int at;

    /// @param position block and offset; an offset behind the block's last byte is refused, the one just behind
    ///     it is its end
    MetadataCursor(MetadataBlocks blocks, Table table, MetadataPosition position) throws IOException {
        this.blocks = blocks;
        this.table = table;
        this.block = blocks.block(position.block(), table);
        this.at = position.offset();
        if (at < 0 || at > block.length()) {
            throw blocks.wrong("offset " + at + " lies outside the metadata block", position.block());
        }
    }

    /// Reads `length` bytes into the start of `into`.
    void read(byte[] into, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (at == block.length()) {
                nextBlock();
            }
            int now = Math.min(length - done, block.length() - at);
            System.arraycopy(block.bytes(), at, into, done, now);
            at += now;
            done += now;
        }
    }

    /// Steps over `length` bytes.
    void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (at == block.length()) {
                nextBlock();
            }
            int now = (int) Math.min(left, block.length() - at);
            at += now;
            left -= now;
        }
    }

    private void nextBlock() throws IOException {
        if (block.next() >= table.end()) {
            throw wrong("the " + table.name() + " table ends too early");
        }
        block = blocks.block(block.next(), table);
        at = 0;
    }

    int u16() throws IOException {
        read(number, 2);
        return LittleEndian.u16(number, 0);
    }

    int i32() throws IOException {
        read(number, 4);
        return LittleEndian.i32(number, 0);
    }

    long u32() throws IOException {
        read(number, 4);
        return LittleEndian.u32(number, 0);
    }

    long i64() throws IOException {
        read(number, 8);
        return LittleEndian.i64(number, 0);
    }

    /// Where the next byte is read from; a new cursor can start there.
    MetadataPosition position() {
        return new MetadataPosition(block.position(), at);
    }

    /// A complaint about what was just read, placed at the beginning of its block.
    FormatException wrong(String problem) {
        return blocks.wrong(problem, block.position());
    }
}
