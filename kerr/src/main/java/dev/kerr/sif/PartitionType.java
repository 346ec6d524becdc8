package dev.kerr.sif;

/// What a partition is for, by its number.
///
/// Source: sylabs/sif `pkg/sif/sif.go`, type `PartType`.
public enum PartitionType {
    /// One that this program does not know.
    UNKNOWN(0, "Unknown"),
    /// An operating system that is not run.
    SYSTEM(1, "System"),
    /// The operating system that is run; a file has at most one.
    PRIMARY_SYSTEM(2, "*System"),
    /// Data.
    DATA(3, "Data"),
    /// A writable layer over the primary system.
    OVERLAY(4, "Overlay");

    private final int code;
    private final String label;

    PartitionType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static PartitionType of(int code) {
        for (PartitionType each : values()) {
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
