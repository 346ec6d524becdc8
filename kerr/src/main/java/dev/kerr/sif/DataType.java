package dev.kerr.sif;

/// What a data object is, by the number in its descriptor.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `DataType`.
public enum DataType {
    /// A kind that this program does not know; such objects are carried along.
    UNKNOWN(0, "Unknown"),
    /// The definition file that the image was built from.
    DEFINITION_FILE(0x4001, "Def.FILE"),
    /// Environment variables.
    ENVIRONMENT(0x4002, "Env.Vars"),
    /// Labels in JSON.
    LABELS(0x4003, "JSON.Labels"),
    /// A file system.
    PARTITION(0x4004, "FS"),
    /// A signature over other objects.
    SIGNATURE(0x4005, "Signature"),
    /// Any JSON, told by its name.
    GENERIC_JSON(0x4006, "JSON.Generic"),
    /// Any bytes.
    GENERIC(0x4007, "Generic/Raw"),
    /// A cryptographic message, such as a wrapped key.
    CRYPTO_MESSAGE(0x4008, "Cryptographic Message"),
    /// A software bill of materials.
    SBOM(0x4009, "SBOM"),
    /// The index of an OCI image.
    OCI_ROOT_INDEX(0x400A, "OCI.RootIndex"),
    /// A blob of an OCI image.
    OCI_BLOB(0x400B, "OCI.Blob");

    private final int code;
    private final String label;

    DataType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static DataType of(int code) {
        for (DataType each : values()) {
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
