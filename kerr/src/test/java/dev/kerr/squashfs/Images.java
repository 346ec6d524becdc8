package dev.kerr.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// Images for the tests of this package, and what to do with one.
final class Images {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// Content of one file that [#exercise] reads at most: sparse files may claim exabytes.
    private static final int MOST_READ = 1 << 20;

    private Images() {}

    static Path resource(String name) {
        try {
            var url = Images.class.getResource(name);
            assertThat(url).as(name).isNotNull();
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(resource(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The listing that `TZ=UTC unsquashfs -lln IMAGE | tr -s ' ' | sed 's/squashfs-root//'` prints.
    static String listing(SquashfsReader reader) throws IOException {
        var text = new StringBuilder();
        TreeWalk walk = reader.walk(reader.root());
        for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
            Inode inode = entry.get().inode();
            text.append(mode(inode))
                    .append(' ')
                    .append(inode.attributes().uid())
                    .append('/')
                    .append(inode.attributes().gid())
                    .append(' ')
                    .append(size(inode))
                    .append(' ')
                    .append(TIME.format(Instant.ofEpochSecond(inode.attributes().modifiedSeconds())))
                    .append(' ')
                    .append(
                            entry.get().path().isEmpty()
                                    ? ""
                                    : "/" + entry.get().path())
                    .append(inode instanceof Inode.Symlink link ? " -> " + link.target() : "")
                    .append('\n');
        }
        return text.toString();
    }

    private static String mode(Inode inode) {
        var text = new StringBuilder("rwxrwxrwx");
        int permissions = inode.attributes().permissions();
        for (int bit = 0; bit < 9; bit++) {
            if ((permissions & 0400 >> bit) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        for (int special = 0; special < 3; special++) {
            if ((permissions & 04000 >> special) != 0) {
                int at = 2 + 3 * special;
                char letter = special == 2 ? 't' : 's';
                text.setCharAt(at, text.charAt(at) == 'x' ? letter : Character.toUpperCase(letter));
            }
        }
        return letter(inode.type()) + text;
    }

    private static String letter(InodeType type) {
        return switch (type) {
            case DIRECTORY -> "d";
            case FILE -> "-";
            case SYMLINK -> "l";
            case BLOCK_DEVICE -> "b";
            case CHARACTER_DEVICE -> "c";
            case FIFO -> "p";
            case SOCKET -> "s";
        };
    }

    private static String size(Inode inode) {
        return switch (inode) {
            case Inode.Directory directory -> Long.toString(directory.listing().size() + 3);
            case Inode.RegularFile file -> Long.toString(file.size());
            case Inode.Symlink link -> Integer.toString(link.target().length());
            case Inode.BlockDevice device ->
                device.device().major() + ", " + device.device().minor();
            case Inode.CharacterDevice device ->
                device.device().major() + ", " + device.device().minor();
            case Inode.Fifo _, Inode.Socket _ -> "0";
        };
    }

    /// Uses the whole interface on a file system that may be damaged in any way.
    static void exercise(FileChannel channel, long offset, long size) throws IOException {
        try (SquashfsReader reader = SquashfsReader.open(channel, offset, size)) {
            TreeWalk walk = reader.walk(reader.root());
            for (var entry = walk.next(); entry.isPresent(); entry = walk.next()) {
                Inode inode = entry.get().inode();
                reader.xattrs(inode);
                if (inode instanceof Inode.RegularFile file) {
                    try (InputStream in = reader.open(file)) {
                        in.readNBytes(MOST_READ);
                    }
                } else if (inode instanceof Inode.Directory directory) {
                    for (DirectoryEntry listed : reader.list(directory)) {
                        reader.child(directory, listed.name());
                    }
                    reader.child(directory, "no such name");
                }
            }
        }
    }

    /// The file at `path` from the root, through directories only.
    static Optional<Inode> find(SquashfsReader reader, String path) {
        try {
            Inode at = reader.root();
            for (String name : path.split("/")) {
                Optional<Inode> child =
                        at instanceof Inode.Directory directory ? reader.child(directory, name) : Optional.empty();
                if (child.isEmpty()) {
                    return child;
                }
                at = child.get();
            }
            return Optional.of(at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The regular file at `path`.
    static Inode.RegularFile file(SquashfsReader reader, String path) {
        return (Inode.RegularFile) find(reader, path).orElseThrow();
    }
}
