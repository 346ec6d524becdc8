/// The C program's other half: writes plans in its wire format and runs them.
@NullMarked
package dev.kerr.starter;

import org.jspecify.annotations.NullMarked;
