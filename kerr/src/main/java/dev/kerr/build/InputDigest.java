package dev.kerr.build;

import dev.kerr.dockerfile.IgnorePatterns;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What files of the host are, as texts that are the same only if the files are.
final class InputDigest {
    private static final int BUFFER_BYTES = 1 << 16;

    private InputDigest() {}

    /// The content of a file or a tree: names, permissions and bytes of all that is below, links followed, as a copy
    /// of it has them. Empty if not all of it can be read.
    static Optional<String> content(Path path) {
        return content(path, file -> true);
    }

    /// The same, less what is ignored of a context.
    static Optional<String> content(Path path, Path context, IgnorePatterns ignored) {
        return content(
                path,
                file -> file.equals(context)
                        || !ignored.ignores(context.relativize(file).toString()));
    }

    private static Optional<String> content(Path path, Predicate<Path> wanted) {
        MessageDigest digest = StepKey.sha256();
        try (Stream<Path> walk = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> files = walk.filter(wanted).sorted().toList();
            for (Path file : files) {
                add(digest, path, file);
            }
            return Optional.of(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    private static void add(MessageDigest digest, Path top, Path file) throws IOException {
        String name = top.relativize(file) + "\0";
        if (Files.isSymbolicLink(file)) {
            text(digest, name + "link to " + Files.readSymbolicLink(file) + "\0");
            if (!Files.exists(file)) {
                return;
            }
        }
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        text(digest, name + mode + "\0");
        if (!Files.isRegularFile(file)) {
            text(digest, Files.isDirectory(file) ? "directory\0" : "other\0");
            return;
        }
        text(digest, Files.size(file) + "\0");
        try (InputStream in = Files.newInputStream(file)) {
            add(digest, in);
        }
    }

    /// Adds all that is left of a stream.
    static void add(MessageDigest digest, InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
        }
    }

    /// Which file a path is, and in what version: it is not read. Empty if it is not there or no file.
    static Optional<String> version(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            var status = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime");
            return Optional.of(List.of("dev", "ino", "size", "lastModifiedTime").stream()
                    .map(name -> String.valueOf(status.get(name)))
                    .reduce("version", (before, value) -> before + " " + value));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    private static void text(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
