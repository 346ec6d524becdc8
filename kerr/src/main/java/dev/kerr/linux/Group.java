package dev.kerr.linux;

import java.util.Objects;

/// A group's name and id.
///
/// **Source:** group(5).
public record Group(String name, int gid) {
    public Group {
        Objects.requireNonNull(name);
    }
}
