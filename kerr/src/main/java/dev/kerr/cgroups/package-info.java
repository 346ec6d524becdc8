/// Limits of resources: what was asked for, what the host's control groups offer, and which files are to be written.
@NullMarked
package dev.kerr.cgroups;

import org.jspecify.annotations.NullMarked;
