package dev.kerr.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A directory of the host as a tree: a sandbox, or the host itself.
public record DirectoryTree(Path root) implements FileTree {
    private static final int TYPE_MASK = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    @Override
    public Optional<Node> node(String path) {
        Path file = at(path);
        if (!isThere(file)) {
            return Optional.empty();
        }
        try {
            var attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                return Optional.of(new Node(
                        Kind.SYMLINK, 0777, Files.readSymbolicLink(file).toString()));
            }
            Kind kind = attributes.isDirectory()
                    ? Kind.DIRECTORY
                    : attributes.isRegularFile() ? Kind.FILE : isWhiteout(file) ? Kind.WHITEOUT : Kind.OTHER;
            return Optional.of(new Node(kind, mode(file), ""));
        } catch (IOException notThereForUs) {
            return Optional.empty();
        }
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        Path file = at(path);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileNotFoundException(path + " is not a regular file");
        }
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(limit);
            if (in.read() >= 0) {
                throw new IOException(path + " is larger than " + limit + " bytes");
            }
            return bytes;
        }
    }

    @Override
    public Content content(String path) throws IOException {
        Path file = at(path);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileNotFoundException(path + " is not a regular file");
        }
        return new OpenContent(new RandomAccessFile(file.toFile(), "r"));
    }

    private record OpenContent(RandomAccessFile file) implements Content {
        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public boolean read(long at, byte[] into, int length) throws IOException {
            if (at < 0 || at > size() - length) {
                return false;
            }
            file.seek(at);
            file.readFully(into, 0, length);
            return true;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public List<String> list(String path) throws IOException {
        Path directory = at(path);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        }
        return names;
    }

    private static boolean isWhiteout(Path file) throws IOException {
        int mode = (Integer) Objects.requireNonNull(Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS));
        return (mode & TYPE_MASK) == CHARACTER_DEVICE
                && Long.valueOf(0).equals(Files.getAttribute(file, "unix:rdev", LinkOption.NOFOLLOW_LINKS));
    }

    /// Spares most launches the exceptions that [Files] makes of a "no"; a dangling link counts as there.
    private static boolean isThere(Path file) {
        return file.toFile().exists() || Files.isSymbolicLink(file);
    }

    private Path at(String path) {
        return root.resolve(path.substring(1));
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Objects.requireNonNull(Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS))
                & 07777;
    }
}
