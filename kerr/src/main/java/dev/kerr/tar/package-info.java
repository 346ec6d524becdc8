/// The tar format: a reader that trusts no byte of an archive, and a writer whose archives depend on the entries alone.
///
/// [dev.kerr.tar.TarReader] reads what POSIX (ustar, pax), GNU tar, star and libarchive write, as a stream and in
/// bounded memory; [dev.kerr.tar.TarWriter] writes ustar, with pax records where that has no room.
///
/// Names, targets of links and names of extended attributes are byte strings ([dev.kerr.bytes.ByteStrings]), and are
/// given as they stand in the archive: `../../etc/passwd` is up to whoever uses them.
@NullMarked
package dev.kerr.tar;

import org.jspecify.annotations.NullMarked;
