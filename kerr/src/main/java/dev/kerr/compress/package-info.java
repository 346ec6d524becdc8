/// Compression of single blocks whose largest size is known, as SquashFS uses it: [dev.kerr.compress.Compression]
/// names the algorithms, and a [dev.kerr.compress.Codec] of one of them unpacks block after block. Only the
/// classes of the algorithm asked for are loaded, because the launch of a container pays for each.
@NullMarked
package dev.kerr.compress;

import org.jspecify.annotations.NullMarked;
