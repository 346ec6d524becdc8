package dev.kerr.sif;

/// The file system in a partition, by its number.
///
/// Source: apptainer/sif `pkg/sif/sif.go`, type `FSType`.
public enum FsType {
    /// One that this program does not know.
    UNKNOWN(0, "Unknown"),
    /// SquashFS, read-only.
    SQUASHFS(1, "Squashfs"),
    /// ext3, writable; the usual one of an overlay.
    EXT3(2, "Ext3"),
    /// An archive of immutable objects.
    ARCHIVE(3, "Archive"),
    /// Raw data.
    RAW(4, "Raw"),
    /// SquashFS in a LUKS2 container.
    ENCRYPTED_SQUASHFS(5, "Encrypted squashfs"),
    /// SquashFS in a gocryptfs directory in a SquashFS; of Apptainer only.
    GOCRYPTFS_SQUASHFS(6, "Gocryptfs squashfs");

    private final int code;
    private final String label;

    FsType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// The constant with this code; [#UNKNOWN] for a code that is none's.
    public static FsType of(int code) {
        for (FsType each : values()) {
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
