/// Compression of single blocks whose largest size is known, as SquashFS uses it: [dev.kerr.compress.Compression]
/// names the algorithms, and a [dev.kerr.compress.Codec] of one of them unpacks block after block. Only the
/// classes of the algorithm asked for are loaded, because the launch of a container pays for each.
///
/// A [dev.kerr.compress.CompressionSetting] is an algorithm with its level, and gives the
/// [dev.kerr.compress.Compressor] that packs.
@NullMarked
package dev.kerr.compress;

import org.jspecify.annotations.NullMarked;
