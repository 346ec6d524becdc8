package dev.kerr.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Texts that are compared with files under `src/test/resources`. `-Dgolden=update` writes the files anew, to be read
/// by whoever changed them.
public final class Golden {
    private static final Path RESOURCES = Path.of("src/test/resources/dev/kerr");

    private Golden() {}

    /// @param name of the file, below the directory of `dev.kerr`
    public static void check(String name, String text) {
        Path file = RESOURCES.resolve(name);
        try {
            if (System.getProperty("golden", "").equals("update")) {
                Files.createDirectories(RESOURCES.resolve(name).getParent());
                Files.writeString(file, text);
            }
            assertThat(file).as("write it with -Dgolden=update").exists();
            assertThat(text).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
