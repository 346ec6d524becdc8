package dev.kerr.cli;

import dev.kerr.config.Directories;
import dev.kerr.config.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The plans that the C program keeps, to be performed again.
///
/// **Source:** `starter/stored.c`, which finds the directory.
record StoredPlans(Path directory) {
    static StoredPlans of(Directories directories, Variables variables) {
        Path user = variables
                .value("XDG_RUNTIME_DIR")
                .filter(runtime -> runtime.startsWith("/"))
                .map(runtime -> Path.of(runtime, "kerr"))
                .orElse(directories.user());
        return new StoredPlans(user.resolve("plans"));
    }

    /// A plan.
    ///
    /// @param stored when
    record Item(Path path, long bytes, Instant stored) {}

    List<Item> items() throws IOException {
        var items = new ArrayList<Item>();
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return items;
        }
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                items.add(new Item(
                        file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (NoSuchFileException | NotDirectoryException removed) {
            return items;
        }
        return items;
    }
}
