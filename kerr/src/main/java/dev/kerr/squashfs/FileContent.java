package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Content;
import dev.kerr.squashfs.Inode.MetadataPosition;
import dev.kerr.squashfs.Inode.RegularFile;
import dev.kerr.squashfs.MetadataBlocks.Table;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/// The content of a regular file, unpacked block by block as it is read. Holes are given as zeros.
///
/// It is read either as a stream or with [#nextBlock], not both.
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
    private boolean isHole;

    /// At the start.
    ///
    /// @param inodes the inode table, which the list of the blocks' sizes is in
    FileContent(MetadataBlocks blocks, Fragments fragments, Table inodes, RegularFile file) throws IOException {
        this(blocks, fragments, inodes, file, Place.start(file), new byte[bufferSize(fragments, file)]);
    }

    /// At `place`, which the caller has from the content of the same file.
    ///
    /// @param buffer what blocks are unpacked to: a whole one, or the file if that is smaller
    FileContent(MetadataBlocks blocks, Fragments fragments, Table inodes, RegularFile file, Place place, byte[] buffer)
            throws IOException {
        this.blocks = blocks;
        this.fragments = fragments;
        this.blockSize = fragments.blockSize();
        this.content = file.content();
        this.sizes = new MetadataCursor(blocks, inodes, place.sizes);
        this.block = buffer;
        this.left = place.left;
        this.blocksLeft = place.blocksLeft;
        this.position = place.position;
    }

    private static int bufferSize(Fragments fragments, RegularFile file) {
        return (int) Math.min(fragments.blockSize(), file.size());
    }

    /// Where a block of a file begins, or its end.
    ///
    /// @param left bytes of the file from there on
    /// @param blocksLeft blocks of its own from there on
    /// @param position of the packed block, from the start of the file system
    /// @param sizes where the list of the blocks' sizes goes on
    record Place(long left, long blocksLeft, long position, MetadataPosition sizes) {
        static Place start(RegularFile file) {
            Content content = file.content();
            return new Place(file.size(), content.blockCount(), content.start(), content.blockSizes());
        }
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

    /// Steps over bytes, without unpacking the blocks that it steps over whole.
    @Override
    public long skip(long wanted) throws IOException {
        long toSkip = Math.clamp(wanted, 0, left);
        long untilThen = left - toSkip;
        while (left > untilThen) {
            if (at == length && left - untilThen >= Math.min(blockSize, left)) {
                skipBlock();
            } else {
                fill();
                int now = (int) Math.min(left - untilThen, length - at);
                at += now;
                left -= now;
            }
        }
        return toSkip;
    }

    private void skipBlock() throws IOException {
        if (blocksLeft > 0) {
            position += packedSize(sizes.i32());
            blocksLeft--;
        }
        left -= Math.min(blockSize, left);
    }

    /// Where the next block begins, with nothing of one left unread.
    Place place() {
        return new Place(left, blocksLeft, position, sizes.position());
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
        unpackNext();
        if (isHole) {
            Arrays.fill(block, 0, length, (byte) 0);
        }
        return true;
    }

    /// Steps to the next block and unpacks it into the start of the buffer, unless it is a hole.
    ///
    /// @return its bytes, unpacked; 0 at the end of the file
    int nextBlock() throws IOException {
        if (left == 0) {
            return 0;
        }
        unpackNext();
        at = length;
        left -= length;
        return length;
    }

    /// Whether the block stepped to holds nothing but zeros, and is stored nowhere.
    boolean isHole() {
        return isHole;
    }

    private void unpackNext() throws IOException {
        int wanted = (int) Math.min(blockSize, left);
        isHole = false;
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
    }

    private void readBlock(int encodedSize, int wanted) throws IOException {
        int size = packedSize(encodedSize);
        if (size == 0) {
            isHole = true;
            return;
        }
        int unpacked = size;
        if ((encodedSize & STORED) == 0) {
            unpacked = blocks.readPacked(position, size, block);
        } else if (size == wanted) {
            blocks.readStored(position, size, block);
        }
        if (unpacked != wanted) {
            throw blocks.wrong("data block holds " + unpacked + " bytes instead of " + wanted, position);
        }
        position += size;
    }

    private int packedSize(int encodedSize) throws IOException {
        int size = encodedSize & ~STORED;
        if (size < 0 || size > blockSize) {
            throw sizes.wrong("data block of " + Integer.toUnsignedString(size) + " bytes");
        }
        return size;
    }
}
