/// Opens what the user named as an image, whatever its kind, and looks into it as a tree of files.
@NullMarked
package dev.kerr.image;

import org.jspecify.annotations.NullMarked;
