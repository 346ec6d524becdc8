package dev.kerr.sif;

/// What a cryptographic message is, by its number.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `MessageType`.
public enum CryptoType {
    /// One that this program does not know.
    UNKNOWN(0, "Unknown"),
    /// A clear-signed text.
    CLEAR_SIGNATURE(0x100, "Clear Signature"),
    /// A key encrypted by RSA-OAEP.
    RSA_OAEP(0x200, "RSA-OAEP");

    private final int code;
    private final String label;

    CryptoType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static CryptoType of(int code) {
        for (CryptoType each : values()) {
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
