/// Containers of the OCI's runtime specification: bundles, and what is known of those that were made.
@NullMarked
package dev.kerr.runtime;

import org.jspecify.annotations.NullMarked;
