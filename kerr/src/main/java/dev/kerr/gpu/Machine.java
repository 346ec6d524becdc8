package dev.kerr.gpu;

/// What a library is made for, as an ELF header and the loader's cache say it.
///
/// Source: elf(5), glibc `sysdeps/generic/ldconfig.h`.
public enum Machine {
    X86_64(62, true, 0x0303),
    I386(3, false, 0x0003),
    AARCH64(183, true, 0x0a03);

    private final int elfMachine;
    private final boolean wide;
    private final int cacheFlags;

    Machine(int elfMachine, boolean wide, int cacheFlags) {
        this.elfMachine = elfMachine;
        this.wide = wide;
        this.cacheFlags = cacheFlags;
    }

    /// `e_machine`.
    int elfMachine() {
        return elfMachine;
    }

    /// Whether the ELF class is that of 64 bits.
    boolean wide() {
        return wide;
    }

    /// The flags of an entry of the cache: machine and class, and that it needs glibc.
    int cacheFlags() {
        return cacheFlags;
    }
}
