/// SIF, the file format of an image: a global header, a table of descriptors, and the data objects they describe
/// (definition file, metadata, file systems, signatures).
///
/// [dev.kerr.sif.Sif] reads and checks header and descriptors, [dev.kerr.sif.SifWriter] makes a new file in one
/// step that either happens or does not, [dev.kerr.sif.SifEditor] changes a file where it lies,
/// [dev.kerr.sif.SifListing] shows a file to a person as `sif list`, `sif header` and `sif info` do. The layout is in
/// `docs/formats/sif.md`. What a file system partition holds is no
/// business of this package.
@NullMarked
package dev.kerr.sif;

import org.jspecify.annotations.NullMarked;
