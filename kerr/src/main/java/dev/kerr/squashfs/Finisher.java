package dev.kerr.squashfs;

import dev.kerr.squashfs.Inode.Attributes;
import dev.kerr.squashfs.LeftOut.Kind;
import dev.kerr.squashfs.NewFiles.Place;
import java.io.IOException;
import java.util.Map;

/// Gives files that were made what their inodes say: owner, extended attributes, permissions and time, in this
/// order, since each of them may undo or forbid those after it. Not thread-safe.
final class Finisher {
    private static final int SET_ID_BITS = 06000;

    /// As an owner it means "leave it as it is" to the kernel.
    private static final long NO_ID = 0xffff_ffffL;

    private final SquashfsReader reader;
    private final NewFiles host;
    private final LeftOut leftOut;

    Finisher(SquashfsReader reader, NewFiles host, LeftOut leftOut) {
        this.reader = reader;
        this.host = host;
        this.leftOut = leftOut;
    }

    /// Finishes an open file or directory.
    void finish(int fd, Inode inode, String path) throws IOException {
        Attributes attributes = inode.attributes();
        boolean isOwned = hasOwner(attributes) && host.setOwner(fd, attributes.uid(), attributes.gid(), path);
        if (attributes.xattrIndex().isPresent()) {
            for (Map.Entry<String, byte[]> xattr : reader.xattrs(inode).entrySet()) {
                if (!host.setXattr(fd, xattr.getKey(), xattr.getValue(), path)) {
                    leftOut.add(Kind.ofXattr(xattr.getKey()), path);
                }
            }
        }
        host.setPermissions(fd, permissions(attributes, isOwned, path), path);
        host.setTime(fd, attributes.modifiedSeconds(), path);
    }

    /// Finishes a symbolic link, or what must not be opened.
    void finish(Place place, Inode inode) throws IOException {
        Attributes attributes = inode.attributes();
        boolean isOwned = hasOwner(attributes) && host.setOwner(place, attributes.uid(), attributes.gid());
        if (attributes.xattrIndex().isPresent()) {
            for (Map.Entry<String, byte[]> xattr : reader.xattrs(inode).entrySet()) {
                if (!host.setXattr(place, xattr.getKey(), xattr.getValue())) {
                    leftOut.add(Kind.ofXattr(xattr.getKey()), place.path());
                }
            }
        }
        int permissions = permissions(attributes, isOwned, place.path());
        if (inode.type() != InodeType.SYMLINK) {
            host.setPermissions(place, permissions);
        }
        host.setTime(place, attributes.modifiedSeconds());
    }

    private static boolean hasOwner(Attributes attributes) {
        return attributes.uid() != NO_ID && attributes.gid() != NO_ID;
    }

    /// A program that is to run as its owner must not run as whoever unpacked it.
    private int permissions(Attributes attributes, boolean isOwned, String path) {
        if (isOwned) {
            return attributes.permissions();
        }
        leftOut.add(Kind.OWNER, path);
        return attributes.permissions() & ~SET_ID_BITS;
    }
}
