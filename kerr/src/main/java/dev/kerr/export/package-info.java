/// Images as OCI and Docker have them, made of ours: one layer, written once and in one pass, nothing unpacked.
@NullMarked
package dev.kerr.export;

import org.jspecify.annotations.NullMarked;
