/// Building images: from definition files, from directories and from other images.
@NullMarked
package dev.kerr.build;

import org.jspecify.annotations.NullMarked;
