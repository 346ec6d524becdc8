/// The formats of container images as the OCI and Docker define them: references, digests, manifests, indexes,
/// configurations and layouts, as records that are read from JSON within bounds and written the same way every time.
@NullMarked
package dev.kerr.oci;

import org.jspecify.annotations.NullMarked;
