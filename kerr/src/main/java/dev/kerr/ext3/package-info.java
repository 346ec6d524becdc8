/// Reads ext3 file systems that lie in files: the writable layers of images, without mounting them and without root.
///
/// What ext4 has beyond ext3 (extents, 64-bit block numbers, data in inodes, encryption) is refused, and so is a
/// journal
/// that has yet to be replayed.
///
/// **Source:** Linux `Documentation/filesystems/ext4/`, and `fs/ext4/ext4.h` and `xattr.h` for the names of fields.
@NullMarked
package dev.kerr.ext3;

import org.jspecify.annotations.NullMarked;
