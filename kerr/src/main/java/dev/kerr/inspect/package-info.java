/// What an image says about itself: labels, scripts, help, definition.
@NullMarked
package dev.kerr.inspect;

import org.jspecify.annotations.NullMarked;
