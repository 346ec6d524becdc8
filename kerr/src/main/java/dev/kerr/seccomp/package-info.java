/// Filters of system calls: profiles as the OCI and Docker write them, compiled to programs of classic BPF.
@NullMarked
package dev.kerr.seccomp;

import org.jspecify.annotations.NullMarked;
