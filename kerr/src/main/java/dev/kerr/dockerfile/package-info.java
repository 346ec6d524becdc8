/// Dockerfiles: the text that container images are built from elsewhere, as records.
///
/// The language is that of the reference on docs.docker.com, and where that is silent, that of BuildKit, whose front
/// end
/// most of these files were written for. Reading a file needs no build arguments: variables stay in the records, and
/// [GlobalScope] and [StageScope] fill them in when their values are known.
@NullMarked
package dev.kerr.dockerfile;

import org.jspecify.annotations.NullMarked;
