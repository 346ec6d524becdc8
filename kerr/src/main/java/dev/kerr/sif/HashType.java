package dev.kerr.sif;

/// The hash that a signature object was made with, by its number.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `hashType`; names of Go `crypto.Hash`.
public enum HashType {
    /// One that this program does not know.
    UNKNOWN(0, "Unknown"),
    /// SHA-256.
    SHA256(1, "SHA-256"),
    /// SHA-384.
    SHA384(2, "SHA-384"),
    /// SHA-512.
    SHA512(3, "SHA-512"),
    /// BLAKE2s-256.
    BLAKE2S(4, "BLAKE2s-256"),
    /// BLAKE2b-256.
    BLAKE2B(5, "BLAKE2b-256");

    private final int code;
    private final String label;

    HashType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static HashType of(int code) {
        for (HashType each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /// The number in the file.
    public int code() {
        return code;
    }

    /// The name that listings show.
    public String label() {
        return label;
    }
}
