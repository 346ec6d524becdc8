/// Instances: containers that stay in the background under a name. Their records, and the processes that these name.
@NullMarked
package dev.kerr.instance;

import org.jspecify.annotations.NullMarked;
