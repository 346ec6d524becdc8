/// Signatures of SIF files: who has signed what, and whether it is still as it was then.
///
/// **Source:** sylabs/sif `pkg/integrity`; RFC 4880.
@NullMarked
package dev.kerr.integrity;

import org.jspecify.annotations.NullMarked;
