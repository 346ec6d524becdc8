package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Content;
import dev.kerr.squashfs.Inode.RegularFile;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/// The content of a regular file, unpacked block by block as it is read. Holes are given as zeros.
final class FileContent extends InputStream {
    /// In a packed size: the block is stored as it is.
    private static final int STORED = 1 << 24;

    private final MetadataBlocks blocks;
    private final Fragments fragments;
    private final int blockSize;
    private final Content content;
    private final MetadataCursor sizes;
    private final byte[] block;

    private long left;
    private long blocksLeft;
    private long position;
    private int at;
    private int length;

    /// @param inodes the inode table, which the list of the blocks' sizes is in
    FileContent(MetadataBlocks blocks, Fragments fragments, Table inodes, RegularFile file) throws IOException {
        this.blocks = blocks;
        this.fragments = fragments;
        this.blockSize = fragments.blockSize();
        this.content = file.content();
        this.sizes = new MetadataCursor(blocks, inodes, content.blockSizes());
        this.block = new byte[(int) Math.min(blockSize, file.size())];
        this.left = file.size();
        this.blocksLeft = content.blockCount();
        this.position = content.start();
    }

    @Override
    public int read() throws IOException {
        if (!fill()) {
            return -1;
        }
        left--;
        return block[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int wanted) throws IOException {
        Objects.checkFromIndexSize(from, wanted, into.length);
        if (wanted == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int now = Math.min(wanted, length - at);
        System.arraycopy(block, at, into, from, now);
        at += now;
        left -= now;
        return now;
    }

    @Override
    public int available() {
        return length - at;
    }

    /// Makes the next byte be in `block`.
    ///
    /// @return whether there is a next byte
    private boolean fill() throws IOException {
        if (at < length) {
            return true;
        }
        if (left == 0) {
            return false;
        }
        int wanted = (int) Math.min(blockSize, left);
        if (blocksLeft > 0) {
            readBlock(sizes.i32(), wanted);
            blocksLeft--;
        } else if (content.fragment().isPresent()) {
            fragments.copy(content.fragment().getAsLong(), content.fragmentOffset(), block, wanted);
        } else {
            throw new IllegalStateException("more content than blocks");
        }
        at = 0;
        length = wanted;
        return true;
    }

    private void readBlock(int packedSize, int wanted) throws IOException {
        int size = packedSize & ~STORED;
        if (size < 0 || size > blockSize) {
            throw sizes.wrong("data block of " + Integer.toUnsignedString(size) + " bytes");
        }
        if (size == 0) {
            Arrays.fill(block, 0, wanted, (byte) 0);
            return;
        }
        int unpacked = size;
        if ((packedSize & STORED) == 0) {
            unpacked = blocks.readPacked(position, size, block);
        } else if (size == wanted) {
            blocks.readStored(position, size, block);
        }
        if (unpacked != wanted) {
            throw blocks.wrong("data block holds " + unpacked + " bytes instead of " + wanted, position);
        }
        position += size;
    }
}
