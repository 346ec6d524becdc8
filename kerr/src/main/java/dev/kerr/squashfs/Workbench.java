package dev.kerr.squashfs;

import dev.kerr.compress.Compressor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/// What one thread needs to pack blocks. Not thread-safe.
final class Workbench implements AutoCloseable {
    private final BufferPool buffers;
    private final Optional<Compressor> compressor;
    private final MessageDigest sha256 = sha256();
    private final byte[] zeros;

    Workbench(WriterSettings settings, BufferPool buffers) {
        this.buffers = buffers;
        this.compressor = settings.compression().compressor(settings.blockSize());
        this.zeros = new byte[settings.blockSize()];
    }

    /// A block ready to be written.
    ///
    /// @param bytes a buffer of the pool
    /// @param size bytes to be written; 0 for a hole
    /// @param length bytes of the block unpacked
    /// @param hash SHA-256 of the block unpacked, all zeros for a hole
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PackedBlock(byte[] bytes, int size, int length, byte[] hash) {
        /// In the size of a data block: it is stored as it is.
        static final int STORED = 1 << 24;

        /// The size as it stands in inodes and fragment entries.
        int encodedSize() {
            return size < length ? size : size | STORED;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Packs a block of a file. `block` is a buffer of the pool; it is given back, or becomes that of the result.
    PackedBlock pack(byte[] block, int length) {
        if (isZero(block, length)) {
            return new PackedBlock(block, 0, length, new byte[ContentKey.HASH_SIZE]);
        }
        byte[] hash = hash(block, 0, length);
        return compress(block, length, hash);
    }

    /// As [#pack], without a look at what is in the block: for blocks that are no file's.
    PackedBlock packAnything(byte[] block, int length) {
        return compress(block, length, new byte[ContentKey.HASH_SIZE]);
    }

    /// As [#pack], but stored as it is unless it is a hole: the end of a file that will share a block with others.
    PackedBlock leave(byte[] block, int length) {
        if (isZero(block, length)) {
            return new PackedBlock(block, 0, length, new byte[ContentKey.HASH_SIZE]);
        }
        return new PackedBlock(block, length, length, hash(block, 0, length));
    }

    private PackedBlock compress(byte[] block, int length, byte[] hash) {
        if (compressor.isEmpty()) {
            return new PackedBlock(block, length, length, hash);
        }
        byte[] packed = buffers.acquire();
        int size = compressor.get().compress(block, length, packed);
        if (size >= length) {
            buffers.release(packed);
            return new PackedBlock(block, length, length, hash);
        }
        buffers.release(block);
        return new PackedBlock(packed, size, length, hash);
    }

    byte[] hash(byte[] bytes, int from, int length) {
        sha256.update(bytes, from, length);
        return sha256.digest();
    }

    private boolean isZero(byte[] block, int length) {
        return Arrays.equals(block, 0, length, zeros, 0, length);
    }

    @Override
    public void close() {
        compressor.ifPresent(Compressor::close);
    }
}
