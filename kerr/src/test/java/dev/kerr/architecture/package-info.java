/// Tests of the source code itself: which package may import which, and what style a program can check.
@NullMarked
package dev.kerr.architecture;

import org.jspecify.annotations.NullMarked;
