/// The command line: one option table, the parser, and a class for each command.
@NullMarked
package dev.kerr.cli;

import org.jspecify.annotations.NullMarked;
