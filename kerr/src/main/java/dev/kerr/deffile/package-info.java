/// Definition files: the text a container image is built from, as records.
@NullMarked
package dev.kerr.deffile;

import org.jspecify.annotations.NullMarked;
