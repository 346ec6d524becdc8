package dev.kerr.build;

import dev.kerr.inspect.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Metadata of an image, copied into a directory that nobody else writes to. Links in it count as absent.
final class CollectedFiles implements ImageFiles {
    private final Path root;

    CollectedFiles(Path root) {
        this.root = root;
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        Optional<Path> parent = directory(Path.of(path.substring(0, slash + 1)));
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        Path file = parent.get().resolve(path.substring(slash + 1));
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(Files.readAllBytes(file))
                : Optional.empty();
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Optional<Path> found = directory(Path.of(directory));
        if (found.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(found.get())) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /// The directory of ours for one of the image; empty if a part of its path is missing, a link or no
    /// directory.
    private Optional<Path> directory(Path path) {
        Path here = root;
        for (Path name : path) {
            here = here.resolve(name);
            if (!Files.isDirectory(here, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
        }
        return Optional.of(here);
    }
}
