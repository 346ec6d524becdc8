package dev.kerr.seccomp;

import java.util.List;
import java.util.Optional;

/// A convention by which programs call the kernel: each has numbers of its own for the system calls. A machine has one
/// of its own and those of older or smaller programs that it runs as well.
///
/// **Source:** audit.h of the kernel for the architecture that a filter sees; seccomp.h of libseccomp for the names.
public enum Abi {
    X86_64("SCMP_ARCH_X86_64", "amd64", 0xc000003eL, 64),
    I386("SCMP_ARCH_X86", "x86", 0x40000003L, 32),
    /// Pointers of 32 bits on x86_64: the architecture that a filter sees is that of x86_64, and its numbers have bit
    /// 30.
    X32("SCMP_ARCH_X32", "x32", 0xc000003eL, 32),
    AARCH64("SCMP_ARCH_AARCH64", "arm64", 0xc00000b7L, 64),
    ARM("SCMP_ARCH_ARM", "arm", 0x40000028L, 32);

    /// What tells a call of x32 from one of x86_64.
    static final long X32_BIT = 0x4000_0000L;

    private final String word;
    private final String goName;
    private final long audit;
    private final int bits;

    Abi(String word, String goName, long audit, int bits) {
        this.word = word;
        this.goName = goName;
        this.audit = audit;
        this.bits = bits;
    }

    /// As profiles name it.
    public String word() {
        return word;
    }

    /// As `includes` and `excludes` of profiles name it.
    public String goName() {
        return goName;
    }

    /// The architecture that a filter sees.
    long audit() {
        return audit;
    }

    /// Of a register, as far as the kernel looks at it.
    int bits() {
        return bits;
    }

    /// All that a machine runs whose own this is, itself first.
    List<Abi> family() {
        return this == AARCH64 || this == ARM ? List.of(AARCH64, ARM) : List.of(X86_64, I386, X32);
    }

    /// That of a machine.
    ///
    /// @param goName `amd64` or `arm64`
    /// @return empty for a machine whose system calls are not known here
    public static Optional<Abi> ofMachine(String goName) {
        return switch (goName) {
            case "amd64" -> Optional.of(X86_64);
            case "arm64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }
}
