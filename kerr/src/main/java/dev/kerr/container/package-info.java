/// A launch, decided: specification + image + host + configuration become a list of operations.
@NullMarked
package dev.kerr.container;

import org.jspecify.annotations.NullMarked;
