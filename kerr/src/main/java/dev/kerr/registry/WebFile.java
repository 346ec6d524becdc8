package dev.kerr.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.OptionalLong;

/// A file as it comes from a server; the end is reached only if all of it came.
///
/// @param size in bytes; empty if the server does not say
public record WebFile(InputStream content, OptionalLong size) implements AutoCloseable {
    public WebFile {
        Objects.requireNonNull(content);
        Objects.requireNonNull(size);
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
