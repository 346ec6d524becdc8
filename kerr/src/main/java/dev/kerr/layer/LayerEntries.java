package dev.kerr.layer;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.squashfs.Content;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.Inode.DeviceNumber;
import dev.kerr.tar.TarEntry;
import dev.kerr.tar.TarEntry.Attributes;
import dev.kerr.tar.TarEntry.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Entries of a layer as entries of a file system.
final class LayerEntries {
    private static final int LONGEST_XATTR_NAME = 255;
    private static final int LONGEST_XATTR_VALUE = 64 * 1024;
    private static final long MOST_MAJOR = (1 << 12) - 1;
    private static final long MOST_MINOR = (1 << 20) - 1;

    private LayerEntries() {}

    /// Why no file system can have an entry; empty if it can.
    static Optional<String> fault(TarEntry entry) {
        for (Map.Entry<String, byte[]> xattr : entry.attributes().xattrs().entrySet()) {
            if (xattr.getKey().length() > LONGEST_XATTR_NAME || xattr.getValue().length > LONGEST_XATTR_VALUE) {
                return Optional.of("extended attribute that is too long: " + ByteStrings.printable(xattr.getKey()));
            }
        }
        return switch (entry.kind()) {
            case Kind.CharacterDevice(long major, long minor) -> deviceFault(major, minor);
            case Kind.BlockDevice(long major, long minor) -> deviceFault(major, minor);
            case Kind.File _, Kind.Directory _, Kind.Fifo _, Kind.HardLink _, Kind.Symlink _ -> Optional.empty();
        };
    }

    private static Optional<String> deviceFault(long major, long minor) {
        return major > MOST_MAJOR || minor > MOST_MINOR
                ? Optional.of("no such device: " + major + ":" + minor)
                : Optional.empty();
    }

    /// The entry of a file at `path`; empty for a hard link.
    ///
    /// @param content of a regular file
    static Optional<Entry> original(String path, TarEntry entry, Content content) {
        Metadata metadata = metadata(entry.attributes());
        return switch (entry.kind()) {
            case Kind.Directory _ -> Optional.of(new Entry.Directory(path, metadata));
            case Kind.File(long size) -> Optional.of(new Entry.RegularFile(path, metadata, size, content));
            case Kind.Symlink(String target) -> Optional.of(new Entry.Symlink(path, open(metadata), target));
            case Kind.CharacterDevice(long major, long minor) ->
                Optional.of(new Entry.CharacterDevice(path, metadata, new DeviceNumber((int) major, (int) minor)));
            case Kind.BlockDevice(long major, long minor) ->
                Optional.of(new Entry.BlockDevice(path, metadata, new DeviceNumber((int) major, (int) minor)));
            case Kind.Fifo _ -> Optional.of(new Entry.Fifo(path, metadata));
            case Kind.HardLink _ -> Optional.empty();
        };
    }

    /// With the permissions that Linux gives every symbolic link; archives have what their writer made up.
    private static Metadata open(Metadata metadata) {
        return new Metadata(0777, metadata.uid(), metadata.gid(), metadata.modifiedSeconds(), metadata.xattrs());
    }

    private static Metadata metadata(Attributes attributes) {
        SortedMap<String, byte[]> xattrs = new TreeMap<>();
        attributes.xattrs().forEach((name, value) -> {
            if (isKept(name)) {
                xattrs.put(name, value);
            }
        });
        return xattrs.isEmpty()
                ? new Metadata(
                        attributes.permissions(), attributes.uid(), attributes.gid(), attributes.modifiedSeconds())
                : new Metadata(
                        attributes.permissions(),
                        attributes.uid(),
                        attributes.gid(),
                        attributes.modifiedSeconds(),
                        xattrs);
    }

    /// Whether an extended attribute goes into the image. What SquashFS has no room for does not; nor do orders to the
    /// overlay file system, which would be obeyed when the image is mounted below one: those that a layer has were
    /// meant for another tree, or for mischief.
    static boolean isKept(String name) {
        return Metadata.isStorable(name) && !name.startsWith("trusted.overlay.") && !name.startsWith("user.overlay.");
    }
}
