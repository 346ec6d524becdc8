/// Registries of images: the OCI distribution protocol, logins and where they are stored, mirrors, proxies, trust.
@NullMarked
package dev.kerr.registry;

import org.jspecify.annotations.NullMarked;
