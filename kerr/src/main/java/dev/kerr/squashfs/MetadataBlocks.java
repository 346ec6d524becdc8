package dev.kerr.squashfs;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import dev.kerr.compress.Codec;
import dev.kerr.compress.Compression;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/// Unpacks blocks, and keeps the metadata blocks used last.
///
/// A metadata block is two bytes of length, with bit 15 set when the block is stored as it is, then at most 8 KiB
/// that unpack to at most 8 KiB. Not thread-safe.
final class MetadataBlocks implements AutoCloseable {
    /// Bytes of an unpacked metadata block; only the last of a table may have less.
    static final int BLOCK_SIZE = 8192;

    private static final int HEADER_SIZE = 2;
    private static final int STORED = 0x8000;
    private static final int KEPT = 32;

    private final ByteRegion fileSystem;
    private final Compression compression;
    private final @Nullable Block[] kept = new Block[KEPT];
    private int oldest;
    private byte[] packed = new byte[HEADER_SIZE + BLOCK_SIZE];
    private Optional<Codec> codec = Optional.empty();

    MetadataBlocks(ByteRegion fileSystem, Compression compression) {
        this.fileSystem = fileSystem;
        this.compression = compression;
    }

    /// A stretch of metadata blocks: the first byte and the one behind the last, from the start of the file
    /// system.
    record Table(String name, long start, long end) {}

    /// An unpacked metadata block.
    ///
    /// @param position where the packed block begins
    /// @param next where the next one begins
    /// @param bytes at least `length`
    /// @param length 1 to 8192
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Block(long position, long next, byte[] bytes, int length) {}

    /// The block at `position`, which must lie in `table`.
    Block block(long position, Table table) throws IOException {
        if (position < table.start() || position >= table.end()) {
            throw wrong("position outside the " + table.name() + " table", position);
        }
        for (Block block : kept) {
            if (block != null && block.position == position) {
                return block;
            }
        }
        Block block = unpack(position, table);
        kept[oldest] = block;
        oldest = (oldest + 1) % KEPT;
        return block;
    }

    private Block unpack(long position, Table table) throws IOException {
        // One read for header and block: what is read too much costs less than a second call.
        int wanted = (int) Math.min(HEADER_SIZE + BLOCK_SIZE, table.end() - position);
        int present = fileSystem.readSome(position, packed, wanted);
        int header = present < HEADER_SIZE ? 0 : LittleEndian.u16(packed, 0);
        int size = header & ~STORED;
        if (size == 0 || size > BLOCK_SIZE) {
            throw wrong("bad size of a metadata block in the " + table.name() + " table", position);
        }
        if (size > present - HEADER_SIZE) {
            throw wrong("metadata block runs over the end of the " + table.name() + " table", position);
        }
        byte[] bytes = new byte[BLOCK_SIZE];
        int length = size;
        if ((header & STORED) != 0) {
            System.arraycopy(packed, HEADER_SIZE, bytes, 0, size);
        } else {
            System.arraycopy(packed, HEADER_SIZE, packed, 0, size);
            length = unpack(size, bytes, position);
        }
        if (length == 0) {
            throw wrong("empty metadata block in the " + table.name() + " table", position);
        }
        return new Block(position, position + HEADER_SIZE + size, bytes, length);
    }

    /// Reads a data block of `size` bytes at `position` into `target`, as it is.
    void readStored(long position, int size, byte[] target) throws IOException {
        fileSystem.read(position, target, size, "data block");
    }

    /// Reads the packed data block of `size` bytes at `position`, and unpacks it.
    ///
    /// @return the bytes written to `target`
    int readPacked(long position, int size, byte[] target) throws IOException {
        if (packed.length < size) {
            packed = new byte[size];
        }
        fileSystem.read(position, packed, size, "data block");
        return unpack(size, target, position);
    }

    private int unpack(int size, byte[] target, long position) throws FormatException {
        if (codec.isEmpty()) {
            codec = Optional.of(compression.codec());
        }
        try {
            return codec.get().decompress(packed, size, target);
        } catch (DataFormatException e) {
            FormatException wrong = wrong(String.valueOf(e.getMessage()), position);
            wrong.initCause(e);
            throw wrong;
        }
    }

    /// Reads bytes that are neither packed nor in a block.
    void readPlain(long position, byte[] into, String field) throws IOException {
        fileSystem.read(position, into, into.length, field);
    }

    /// A complaint about the byte at `position` of the file system.
    FormatException wrong(String problem, long position) {
        return new FormatException(problem, fileSystem.absolute(position));
    }

    @Override
    public void close() {
        if (codec.isPresent()) {
            codec.get().close();
        }
    }
}
