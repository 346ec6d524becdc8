package dev.kerr.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// What tells one state of a file from another: what was planned must be what is opened.
///
/// @param device `st_dev`, unsigned
/// @param inode `st_ino`, unsigned
/// @param size bytes
/// @param modifiedNanos nanoseconds since 1970, as the kernel has them
public record FileIdentity(long device, long inode, long size, long modifiedNanos) {
    public static FileIdentity of(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime");
        var modified = ((FileTime) attribute(attributes, "lastModifiedTime")).toInstant();
        return new FileIdentity(
                (Long) attribute(attributes, "dev"),
                (Long) attribute(attributes, "ino"),
                (Long) attribute(attributes, "size"),
                modified.getEpochSecond() * 1_000_000_000L + modified.getNano());
    }

    private static Object attribute(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }
}
