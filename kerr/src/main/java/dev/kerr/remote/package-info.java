/// Remotes, as the field calls servers that offer a library of images and keys: which there are and who the user is to
/// them (`remote.yaml`), libraries, and the Singularity Hub.
@NullMarked
package dev.kerr.remote;

import org.jspecify.annotations.NullMarked;
