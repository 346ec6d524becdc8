/// Layers of an OCI image as one tree, without unpacking them and without root.
///
/// [dev.kerr.layer.Layers] reads layers once to see which of their entries survive, and then is a stream of these
/// entries for [dev.kerr.squashfs.SquashfsWriter], with contents that come out of the layers as they are read a second
/// time. Nothing is made on the host: names, owners, device nodes and links are data.
///
/// **Source:** OCI image specification, `layer.md`; `docs/decisions/0008-layers-are-merged-as-they-stream.md`.
@NullMarked
package dev.kerr.layer;

import org.jspecify.annotations.NullMarked;
