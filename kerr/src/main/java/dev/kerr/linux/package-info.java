/// What Linux's text files say of the caller: ids, names, groups, sub-id ranges, capabilities.
@NullMarked
package dev.kerr.linux;

import org.jspecify.annotations.NullMarked;
