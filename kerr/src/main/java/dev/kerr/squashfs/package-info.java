/// SquashFS 4.0, the read-only file system inside an image: a reader that trusts no byte of it, a writer and an
/// unpacker.
///
/// [dev.kerr.squashfs.SquashfsWriter] writes whatever an [dev.kerr.squashfs.EntrySource] gives: a directory of the
/// host, another file system, or entries made by a program. [dev.kerr.squashfs.TreeUnpacker] makes such a directory.
///
/// **Names, symbolic link targets and the names of extended attributes are byte strings**: a Java `String` with
/// one char of 0 to 255 for each byte (ISO-8859-1). Linux names are bytes in no particular encoding, and only
/// this keeps them all; whoever shows a name to a person or makes a `Path` of it decodes it there.
///
/// Whatever is wrong with a file system that is read is a [dev.kerr.bytes.FormatException]; nothing in it leads to
/// another exception, to recursion, to an endless loop, or to more memory than a few blocks, the id table and one
/// directory's list. The layout of the file system is in `docs/formats/squashfs.md`.
@NullMarked
package dev.kerr.squashfs;

import org.jspecify.annotations.NullMarked;
