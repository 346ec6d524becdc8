package dev.kerr.sif;

/// A processor architecture, by its two digits in a SIF file, its Go name (which every listing and OCI use) and
/// its Java name.
///
/// Source: sylabs/sif `pkg/sif/arch.go`.
public enum Architecture {
    /// One that this program does not know, or none.
    UNKNOWN("00", "unknown", ""),
    /// 32-bit x86.
    X86("01", "386", "i386"),
    /// 64-bit x86.
    AMD64("02", "amd64", "amd64"),
    /// 32-bit ARM.
    ARM("03", "arm", "arm"),
    /// 64-bit ARM.
    ARM64("04", "arm64", "aarch64"),
    /// 64-bit POWER, big-endian.
    PPC64("05", "ppc64", "ppc64"),
    /// 64-bit POWER, little-endian.
    PPC64LE("06", "ppc64le", "ppc64le"),
    /// 32-bit MIPS, big-endian.
    MIPS("07", "mips", "mips"),
    /// 32-bit MIPS, little-endian.
    MIPSLE("08", "mipsle", "mipsel"),
    /// 64-bit MIPS, big-endian.
    MIPS64("09", "mips64", "mips64"),
    /// 64-bit MIPS, little-endian.
    MIPS64LE("10", "mips64le", "mips64el"),
    /// IBM Z.
    S390X("11", "s390x", "s390x"),
    /// 64-bit RISC-V.
    RISCV64("12", "riscv64", "riscv64"),
    /// 64-bit LoongArch.
    LOONG64("13", "loong64", "loongarch64");

    private final String code;
    private final String goName;
    private final String javaName;

    Architecture(String code, String goName, String javaName) {
        this.code = code;
        this.goName = goName;
        this.javaName = javaName;
    }

    /// The architecture with these two digits; [#UNKNOWN] for any other text.
    public static Architecture ofCode(String code) {
        for (Architecture each : values()) {
            if (each.code.equals(code)) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /// The architecture that Go, OCI and Docker call `goName`: `amd64`; [#UNKNOWN] for any other text.
    public static Architecture ofGoName(String goName) {
        for (Architecture each : values()) {
            if (each.goName.equals(goName)) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /// The architecture that Java's property `os.arch` calls `javaName`: `aarch64`; [#UNKNOWN] for any other
    /// text.
    public static Architecture ofJavaName(String javaName) {
        for (Architecture each : values()) {
            if (each != UNKNOWN && each.javaName.equals(javaName)) {
                return each;
            }
        }
        return javaName.equals("x86_64") ? AMD64 : UNKNOWN;
    }

    /// The two digits in a SIF file.
    public String code() {
        return code;
    }

    /// The name in Go, in OCI images and in listings.
    public String goName() {
        return goName;
    }
}
