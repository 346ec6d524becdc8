/// What Linux's text files say of the caller: ids, names, groups, sub-id ranges, capabilities; and files that are
/// locked ([dev.kerr.linux.LockedFile]), the one place here that calls the kernel past Java.
@NullMarked
package dev.kerr.linux;

import org.jspecify.annotations.NullMarked;
