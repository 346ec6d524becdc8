package dev.kerr.sif;

import dev.kerr.bytes.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/// What a descriptor says beyond what all descriptors say: 384 bytes whose meaning hangs on the type of the
/// object.
///
/// Source: sylabs/sif `pkg/sif/descriptor.go`, types `partition`, `signature`, `cryptoMessage`, `sbom`,
/// `ociBlob`.
public sealed interface Extra {
    /// Bytes in a descriptor.
    int SIZE = 384;

    /// Of a partition: its file system.
    int PARTITION_FS_AT = 0;

    /// Of a partition: its purpose.
    int PARTITION_TYPE_AT = 4;

    /// Of a partition: its architecture.
    int PARTITION_ARCHITECTURE_AT = 8;

    /// Of a signature: its hash.
    int SIGNATURE_HASH_AT = 0;

    /// Of a signature: its signer.
    int SIGNATURE_ENTITY_AT = 4;

    /// Of a signature: the bytes of its signer.
    int ENTITY_SIZE = 256;

    /// Of a cryptographic message: its format.
    int CRYPTO_FORMAT_AT = 0;

    /// Of a cryptographic message: its type.
    int CRYPTO_TYPE_AT = 4;

    /// Bytes of a fingerprint of OpenPGP version 4.
    int FINGERPRINT_SIZE = 20;

    /// Nothing, or something of a type that this program does not know.
    record None() implements Extra {}

    /// Of [DataType#PARTITION]: 4 bytes of file system, 4 of purpose, 3 of architecture.
    record Partition(FsType fsType, PartitionType partitionType, Architecture architecture) implements Extra {
        /// Refuses null.
        public Partition {
            Objects.requireNonNull(fsType);
            Objects.requireNonNull(partitionType);
            Objects.requireNonNull(architecture);
        }
    }

    /// Of [DataType#SIGNATURE]: 4 bytes of hash, 256 for the signer, of which 20 are used.
    ///
    /// @param fingerprint of the signer's OpenPGP key, 40 upper-case hexadecimal digits; empty for another kind
    ///     of key
    record Signature(HashType hashType, String fingerprint) implements Extra {
        /// Refuses null and a fingerprint of another length.
        public Signature {
            Objects.requireNonNull(hashType);
            if (!fingerprint.isEmpty() && fingerprint.length() != 2 * FINGERPRINT_SIZE) {
                throw new IllegalArgumentException("fingerprint of " + fingerprint.length() + " digits");
            }
        }
    }

    /// Of [DataType#CRYPTO_MESSAGE]: 4 bytes of format, 4 of type.
    record CryptoMessage(CryptoFormat format, CryptoType type) implements Extra {
        /// Refuses null.
        public CryptoMessage {
            Objects.requireNonNull(format);
            Objects.requireNonNull(type);
        }
    }

    /// Of [DataType#SBOM]: 4 bytes of format.
    record Sbom(SbomFormat format) implements Extra {
        /// Refuses null.
        public Sbom {
            Objects.requireNonNull(format);
        }
    }

    /// Of [DataType#OCI_ROOT_INDEX] and [DataType#OCI_BLOB].
    ///
    /// @param text the object's digest as OCI writes it, unchecked: `sha256:` and 64 digits
    record OciDigest(String text) implements Extra {
        /// Refuses null.
        public OciDigest {
            Objects.requireNonNull(text);
        }
    }

    /// Decodes the extra bytes at `at` of a descriptor of `type`.
    static Extra decode(DataType type, byte[] bytes, int at) {
        return switch (type) {
            case PARTITION ->
                new Partition(
                        FsType.of(LittleEndian.i32(bytes, at + PARTITION_FS_AT)),
                        PartitionType.of(LittleEndian.i32(bytes, at + PARTITION_TYPE_AT)),
                        Architecture.ofCode(text(bytes, at + PARTITION_ARCHITECTURE_AT, 3)));
            case SIGNATURE ->
                new Signature(
                        HashType.of(LittleEndian.i32(bytes, at + SIGNATURE_HASH_AT)),
                        fingerprint(bytes, at + SIGNATURE_ENTITY_AT));
            case CRYPTO_MESSAGE ->
                new CryptoMessage(
                        CryptoFormat.of(LittleEndian.i32(bytes, at + CRYPTO_FORMAT_AT)),
                        CryptoType.of(LittleEndian.i32(bytes, at + CRYPTO_TYPE_AT)));
            case SBOM -> new Sbom(SbomFormat.of(LittleEndian.i32(bytes, at)));
            case OCI_ROOT_INDEX, OCI_BLOB -> new OciDigest(text(bytes, at, SIZE));
            case UNKNOWN, DEFINITION_FILE, ENVIRONMENT, LABELS, GENERIC_JSON, GENERIC -> new None();
        };
    }

    /// The bytes to write at `at` of a descriptor, where there are zeros.
    default void encode(byte[] bytes, int at) {
        switch (this) {
            case None() -> {}
            case Partition(var fsType, var partitionType, var architecture) -> {
                LittleEndian.put32(bytes, at + PARTITION_FS_AT, fsType.code());
                LittleEndian.put32(bytes, at + PARTITION_TYPE_AT, partitionType.code());
                byte[] code = architecture.code().getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(code, 0, bytes, at + PARTITION_ARCHITECTURE_AT, code.length);
            }
            case Signature(var hashType, var fingerprint) -> {
                LittleEndian.put32(bytes, at + SIGNATURE_HASH_AT, hashType.code());
                byte[] key = HexFormat.of().parseHex(fingerprint);
                System.arraycopy(key, 0, bytes, at + SIGNATURE_ENTITY_AT, key.length);
            }
            case CryptoMessage(var format, var type) -> {
                LittleEndian.put32(bytes, at + CRYPTO_FORMAT_AT, format.code());
                LittleEndian.put32(bytes, at + CRYPTO_TYPE_AT, type.code());
            }
            case Sbom(var format) -> LittleEndian.put32(bytes, at, format.code());
            case OciDigest(var text) -> {
                byte[] digest = text.getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(digest, 0, bytes, at, digest.length);
            }
        }
    }

    private static String fingerprint(byte[] bytes, int at) {
        for (int i = at; i < at + FINGERPRINT_SIZE; i++) {
            if (bytes[i] != 0) {
                return HexFormat.of().withUpperCase().formatHex(bytes, at, at + FINGERPRINT_SIZE);
            }
        }
        return "";
    }

    private static String text(byte[] bytes, int at, int size) {
        int length = 0;
        while (length < size && bytes[at + length] != 0) {
            length++;
        }
        return new String(bytes, at, length, StandardCharsets.US_ASCII);
    }
}
