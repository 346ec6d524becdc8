package dev.kerr.transport;

import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/// Files in a directory. Only regular files are opened.
public record DirectoryFiles(Path root) implements StoredFiles {
    public DirectoryFiles {
        Objects.requireNonNull(root);
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        try (InputStream in = open(name)) {
            byte[] content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw new FormatException(name + " has more than " + most + " bytes", most);
            }
            return content;
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        Path file = root.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "not a regular file");
        }
        return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() {}
}
