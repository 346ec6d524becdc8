/// Bounded little-endian access to bytes that nobody vouches for: [dev.kerr.bytes.ByteRegion] reads a stretch of
/// a file and refuses whatever lies outside it, [dev.kerr.bytes.LittleEndian] turns bytes into numbers and back,
/// and [dev.kerr.bytes.FormatException] says which field at which offset is wrong.
@NullMarked
package dev.kerr.bytes;

import org.jspecify.annotations.NullMarked;
