package dev.kerr.squashfs;

import dev.kerr.bytes.LittleEndian;
import dev.kerr.compress.Codec;
import dev.kerr.compress.Compression;
import dev.kerr.compress.Compressor;
import dev.kerr.squashfs.EarlierBlocks.EarlierBlock;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;

/// What one thread needs to pack blocks. Not thread-safe.
final class Workbench implements AutoCloseable {
    private static final byte[] NONE = {};

    private final BufferPool buffers;
    private final Optional<Compressor> compressor;
    private final MessageDigest sha256 = sha256();
    private final CRC32C crc = new CRC32C();
    private final byte[] zeros;
    private final Compression algorithm;
    private Optional<Codec> codec = Optional.empty();
    private byte[] unpacked = NONE;

    Workbench(WriterSettings settings, BufferPool buffers) {
        this.buffers = buffers;
        this.compressor = settings.compression().compressor(settings.blockSize());
        this.zeros = new byte[settings.blockSize()];
        this.algorithm = TableWriter.compression(settings);
    }

    /// What tells contents apart.
    enum Fingerprint {
        /// A CRC: whether contents are the same then has to be seen by reading them again. It costs next to nothing,
        /// also before the JVM has compiled anything.
        WEAK,
        /// A SHA-256: for contents that can be read only once.
        STRONG;

        static Fingerprint of(Content content) {
            return content.isIndependent() ? WEAK : STRONG;
        }
    }

    /// A block ready to be written.
    ///
    /// @param bytes a buffer of the pool
    /// @param size bytes to be written; 0 for a hole
    /// @param length bytes of the block unpacked
    /// @param fingerprint of the block unpacked, empty for a hole
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PackedBlock(byte[] bytes, int size, int length, byte[] fingerprint) {
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
    ///
    /// @param earlier a packed block that may be the same
    PackedBlock pack(byte[] block, int length, Fingerprint kind, Optional<EarlierBlock> earlier) {
        if (isZero(block, length)) {
            return hole(block, length);
        }
        byte[] fingerprint = fingerprint(block, 0, length, kind);
        return taken(earlier, block, length, fingerprint);
    }

    private PackedBlock taken(Optional<EarlierBlock> earlier, byte[] block, int length, byte[] fingerprint) {
        return earlier.flatMap(packed -> taken(packed, block, length, fingerprint))
                .orElseGet(() -> compress(block, length, fingerprint));
    }

    /// The earlier block, if it is the same.
    private Optional<PackedBlock> taken(EarlierBlock earlier, byte[] block, int length, byte[] fingerprint) {
        byte[] packed = buffers.acquire();
        try {
            if (earlier.size() <= length && isSame(earlier, packed, block, length)) {
                buffers.release(block);
                return Optional.of(new PackedBlock(packed, earlier.size(), length, fingerprint));
            }
        } catch (IOException | DataFormatException damaged) {
            // packed anew, it is whole
        }
        buffers.release(packed);
        return Optional.empty();
    }

    private boolean isSame(EarlierBlock earlier, byte[] packed, byte[] block, int length)
            throws IOException, DataFormatException {
        earlier.read(packed);
        if (earlier.isStored()) {
            return earlier.size() == length && Arrays.equals(packed, 0, length, block, 0, length);
        }
        if (codec.isEmpty()) {
            codec = Optional.of(algorithm.codec());
            unpacked = new byte[zeros.length];
        }
        return earlier.size() < length
                && codec.get().decompress(packed, earlier.size(), unpacked) == length
                && Arrays.equals(unpacked, 0, length, block, 0, length);
    }

    /// As [#pack], without a look at what is in the block: for blocks that are no file's.
    PackedBlock packAnything(byte[] block, int length, Optional<EarlierBlock> earlier) {
        return taken(earlier, block, length, NONE);
    }

    /// As [#pack], but stored as it is unless it is a hole: the end of a file that will share a block with others.
    PackedBlock leave(byte[] block, int length, Fingerprint kind) {
        if (isZero(block, length)) {
            return hole(block, length);
        }
        return new PackedBlock(block, length, length, fingerprint(block, 0, length, kind));
    }

    private static PackedBlock hole(byte[] block, int length) {
        return new PackedBlock(block, 0, length, NONE);
    }

    private PackedBlock compress(byte[] block, int length, byte[] fingerprint) {
        if (compressor.isEmpty()) {
            return new PackedBlock(block, length, length, fingerprint);
        }
        byte[] packed = buffers.acquire();
        int size = compressor.get().compress(block, length, packed);
        if (size >= length) {
            buffers.release(packed);
            return new PackedBlock(block, length, length, fingerprint);
        }
        buffers.release(block);
        return new PackedBlock(packed, size, length, fingerprint);
    }

    /// The fingerprint of some bytes, as long as its kind says.
    byte[] fingerprint(byte[] bytes, int from, int length, Fingerprint kind) {
        if (kind == Fingerprint.STRONG) {
            sha256.update(bytes, from, length);
            return sha256.digest();
        }
        crc.reset();
        crc.update(bytes, from, length);
        byte[] fingerprint = new byte[Integer.BYTES];
        LittleEndian.put32(fingerprint, 0, (int) crc.getValue());
        return fingerprint;
    }

    private boolean isZero(byte[] block, int length) {
        return Arrays.equals(block, 0, length, zeros, 0, length);
    }

    @Override
    public void close() {
        compressor.ifPresent(Compressor::close);
        codec.ifPresent(Codec::close);
    }
}
