package dev.kerr.build;

import dev.kerr.squashfs.Inode;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// What differs between two packed file systems.
final class ImageComparison {
    private ImageComparison() {}

    /// The paths that are not the same in both, sorted; empty if the files are the same to the byte.
    static List<String> differences(Path one, Path other) throws IOException {
        if (Files.mismatch(one, other) < 0) {
            return List.of();
        }
        Map<String, String> first = entries(one);
        Map<String, String> second = entries(other);
        var paths = new TreeSet<>(first.keySet());
        paths.addAll(second.keySet());
        paths.removeIf(path -> Objects.equals(first.get(path), second.get(path)));
        return paths.isEmpty() ? List.of("the layout") : List.copyOf(paths);
    }

    /// All there is to say of each path.
    private static Map<String, String> entries(Path file) throws IOException {
        var entries = new TreeMap<String, String>();
        try (FileChannel channel = FileChannel.open(file);
                var reader = SquashfsReader.open(channel, 0, Files.size(file))) {
            var walk = reader.walk(reader.root());
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                entries.put(
                        "/" + entry.get().path(), describe(reader, entry.get().inode()));
            }
        }
        return entries;
    }

    private static String describe(SquashfsReader reader, Inode inode) throws IOException {
        var of = inode.attributes();
        String text =
                inode.type() + " " + of.permissions() + " " + of.uid() + " " + of.gid() + " " + of.modifiedSeconds();
        return switch (inode) {
            case Inode.RegularFile regular -> text + " " + digest(reader, regular);
            case Inode.Symlink link -> text + " " + link.target();
            default -> text;
        };
    }

    private static String digest(SquashfsReader reader, Inode.RegularFile file) throws IOException {
        var digest = StepKey.sha256();
        try (InputStream in = reader.open(file)) {
            InputDigest.add(digest, in);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
