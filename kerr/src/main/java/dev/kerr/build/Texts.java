package dev.kerr.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The scripts that are part of the program: those run on the host and those put into images.
final class Texts {
    private Texts() {}

    /// The text of the resource `name` of this package.
    static String of(String name) {
        try (InputStream text = Texts.class.getResourceAsStream("/dev/kerr/build/" + name)) {
            if (text == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
