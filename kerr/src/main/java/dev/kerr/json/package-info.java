/// JSON documents of others as trees: bounded when read, with unknown members kept when written.
@NullMarked
package dev.kerr.json;

import org.jspecify.annotations.NullMarked;
