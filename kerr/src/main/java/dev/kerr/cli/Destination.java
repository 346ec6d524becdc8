package dev.kerr.cli;

import dev.kerr.cache.Cache;
import dev.kerr.linux.NewFile;
import dev.kerr.linux.Umask;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/// Where an image from elsewhere goes.
sealed interface Destination {
    /// A file of the user's.
    record File(Path path) implements Destination {
        public File {
            Objects.requireNonNull(path);
        }
    }

    /// The cache.
    record Kept(Cache cache) implements Destination {
        public Kept {
            Objects.requireNonNull(cache);
        }
    }

    /// Has an image made, unless it is in the cache and wanted there.
    ///
    /// @param content what it is made of
    /// @param making writes the image; the file appears whole or not at all
    default Path make(Cache.Type type, Digest content, Cache.Making<UserException> making)
            throws UserException, IOException {
        return switch (this) {
            case File(Path path) -> {
                making.make(path);
                yield path;
            }
            case Kept(Cache cache) -> cache.image(type, content.hex(), making);
        };
    }

    /// Takes an image over that is in the cache.
    default Path take(Path cached) throws IOException {
        return switch (this) {
            case File(Path path) -> {
                copy(cached, path);
                yield path;
            }
            case Kept _ -> cached;
        };
    }

    private static void copy(Path from, Path target) throws IOException {
        try (NewFile file = NewFile.of(target);
                var source = FileChannel.open(from)) {
            for (long done = 0; done < source.size(); ) {
                done += source.transferTo(done, source.size() - done, file.channel());
            }
            file.replace(Umask.executable());
        }
    }
}
