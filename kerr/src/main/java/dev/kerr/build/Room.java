package dev.kerr.build;

import dev.kerr.log.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The room that a step takes, as far as that is known beforehand.
@FunctionalInterface
interface Room {
    Room UNKNOWN = () -> 0;

    /// File systems that pack what is written: nobody can say what has room there.
    Set<String> PACKING = Set.of("btrfs", "zfs", "bcachefs");

    /// In bytes, at least; 0 where that cannot be found out: the step will say why.
    long bytes();

    /// In bytes, more than is likely; told in no time.
    default long generousBytes() {
        return bytes();
    }

    /// Of an image that is unpacked.
    static Room of(BaseImage image) {
        return switch (image) {
            case BaseImage.Squashfs squashfs -> new Unpacked(squashfs);
            case BaseImage.Directory(Path path) -> () -> tree(path);
        };
    }

    /// To look at all files of a large image takes a tenth of a second. File systems are packed to a third, about.
    record Unpacked(BaseImage.Squashfs image) implements Room {
        private static final long GENEROUSLY = 30;

        @Override
        public long bytes() {
            try {
                return RootUnpacker.room(image);
            } catch (IOException damaged) {
                return 0;
            }
        }

        @Override
        public long generousBytes() {
            return GENEROUSLY * image.sizeBytes();
        }
    }

    /// Of files that are copied, what links lead to included.
    static Room of(List<Path> files) {
        return () -> {
            long bytes = 0;
            for (Path file : files) {
                bytes += tree(file, FileVisitOption.FOLLOW_LINKS);
            }
            return bytes;
        };
    }

    /// The files of a tree, each counted once; 0 if not all can be seen.
    private static long tree(Path top, FileVisitOption... options) {
        LinkOption[] links = options.length > 0 ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        var seen = new HashSet<Object>();
        long bytes = 0;
        try (Stream<Path> files = Files.walk(top, options)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
                if (attributes.isRegularFile() && seen.add(String.valueOf(attributes.fileKey()))) {
                    bytes += attributes.size();
                }
            }
            return bytes;
        } catch (IOException | UncheckedIOException unseen) {
            return 0;
        }
    }

    /// Checks that a directory has room for all of these.
    ///
    /// @param hint what helps where it has not
    /// @throws UserException if it has not
    static void require(List<Room> rooms, Path directory, String hint) throws IOException, UserException {
        FileStore store = Files.getFileStore(directory);
        long free = store.getUsableSpace();
        if (PACKING.contains(store.type())
                || rooms.stream().mapToLong(Room::generousBytes).sum() <= free) {
            return;
        }
        long bytes = rooms.stream().mapToLong(Room::bytes).sum();
        if (bytes > free) {
            throw new UserException(
                    "cannot build in %s: at least %s are needed, and %s are free"
                            .formatted(directory, mebibytes(bytes), mebibytes(free)),
                    hint);
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
