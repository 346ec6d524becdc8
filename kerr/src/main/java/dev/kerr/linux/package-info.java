/// What Linux says of the caller, mostly in text files: ids, names, groups, sub-id ranges, capabilities, the terminal;
/// and files that are locked ([dev.kerr.linux.LockedFile]) or have no name yet ([dev.kerr.linux.NewFile]).
@NullMarked
package dev.kerr.linux;

import org.jspecify.annotations.NullMarked;
