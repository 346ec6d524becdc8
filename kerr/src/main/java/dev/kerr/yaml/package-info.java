/// YAML documents of others as trees, within bounds.
@NullMarked
package dev.kerr.yaml;

import org.jspecify.annotations.NullMarked;
