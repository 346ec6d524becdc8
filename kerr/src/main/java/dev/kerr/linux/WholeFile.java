package dev.kerr.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes small files that have their content whole, or the one they had before.
public final class WholeFile {
    private WholeFile() {}

    /// Writes a file that only its owner may read; directories that are missing are made so, too. A link stays one:
    /// people keep such files elsewhere.
    public static void writePrivate(Path path, byte[] content) throws IOException {
        write(path, content, "rw-------", "rwx------");
    }

    /// Writes a file that everybody may read.
    public static void writePublic(Path path, byte[] content) throws IOException {
        write(path, content, "rw-r--r--", "rwxr-xr-x");
    }

    private static void write(Path path, byte[] content, String mode, String directoryMode) throws IOException {
        Path file = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path directory = file.getParent();
        if (directory == null) {
            throw new IOException("not a regular file");
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(directoryMode)));
        }
        replace(file, directory, content, PosixFilePermissions.fromString(mode));
    }

    private static void replace(Path file, Path directory, byte[] content, Set<PosixFilePermission> mode)
            throws IOException {
        Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ""); // mode 0600
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                Files.setPosixFilePermissions(temporary, mode);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
