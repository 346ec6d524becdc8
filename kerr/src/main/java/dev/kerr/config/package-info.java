/// The site's configuration file, the installation's directories, and the caller's variables, each read once into a
/// record.
@NullMarked
package dev.kerr.config;

import org.jspecify.annotations.NullMarked;
