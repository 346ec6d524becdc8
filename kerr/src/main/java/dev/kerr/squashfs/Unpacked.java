package dev.kerr.squashfs;

import java.util.List;

/// What has been unpacked.
///
/// @param files names that were made: files of all kinds and hard links, without the root
/// @param bytes of all contents, holes included and hard links counted once
/// @param leftOut what could not be made for lack of privilege, or because the file system of the host has no such
///     thing: a line for each kind, such as `device files: dev/null and 3 more`; empty if nothing is missing
public record Unpacked(long files, long bytes, List<String> leftOut) {
    /// Copies the list.
    public Unpacked {
        leftOut = List.copyOf(leftOut);
    }
}
