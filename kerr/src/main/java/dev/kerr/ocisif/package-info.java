/// OCI images in SIF files: OCI-SIF, with layers that are file systems and are mounted where they lie.
///
/// **Source:** `docs/formats/oci-sif.md`; sylabs/oci-tools `pkg/sif`; sylabs/singularity `internal/pkg/ocisif`.
@NullMarked
package dev.kerr.ocisif;

import org.jspecify.annotations.NullMarked;
