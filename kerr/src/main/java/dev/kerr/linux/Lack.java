package dev.kerr.linux;

import java.util.Objects;

/// Something that this host lacks.
///
/// @param what as a sentence of its own: `/etc/subuid has no range for ada`
/// @param remedy what mends it: a command, a setting or a package
public record Lack(String what, String remedy) {
    public Lack {
        Objects.requireNonNull(what);
        Objects.requireNonNull(remedy);
    }
}
