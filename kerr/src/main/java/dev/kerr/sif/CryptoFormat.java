package dev.kerr.sif;

/// How a cryptographic message is written, by its number.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `FormatType`.
public enum CryptoFormat {
    /// One that this program does not know.
    UNKNOWN(0, "Unknown"),
    /// OpenPGP.
    OPENPGP(1, "OpenPGP"),
    /// PEM.
    PEM(2, "PEM");

    private final int code;
    private final String label;

    CryptoFormat(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static CryptoFormat of(int code) {
        for (CryptoFormat each : values()) {
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
