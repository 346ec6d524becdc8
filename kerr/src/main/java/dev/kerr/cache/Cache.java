package dev.kerr.cache;

import dev.kerr.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A user's cache.
///
/// | below the root             | what                                                              |
/// |----------------------------|-------------------------------------------------------------------|
/// | `blob/blobs/ALGORITHM/HEX` | layers, configurations, manifests: the names of an OCI layout     |
/// | `TYPE/NAME`                | images that were made of them (`oci-tmp`), or fetched as they are |
/// | `step/NAME`                | what steps of builds have made                                    |
///
/// Below the names of others, `.NAME.…` are files that are being made: see [Entry] and [PartialBlob].
///
/// Whoever finds a file may use it: it got its name when it was whole and on the disk. It is verified each time that it
/// is found: blobs by their digest, images as [MadeFile] says.
///
/// **Source:** the directory names of Apptainer's cache.
///
/// @param root made when first written to, mode 0700
/// @param shared roots of caches of others that are looked into before, and never written to
public record Cache(Path root, List<Path> shared) {
    /// What is kept.
    public enum Type {
        BLOB("blob"),
        OCI("oci-tmp"),
        ORAS("oras"),
        LIBRARY("library"),
        SHUB("shub"),
        NET("net"),
        STEP("step");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /// The name of its directory, and in commands.
        public String word() {
            return word;
        }
    }

    /// A file of the cache.
    ///
    /// @param bytes its size
    /// @param used when it was last found or made
    public record Item(Type type, Path path, long bytes, Instant used) {
        public Item {
            Objects.requireNonNull(type);
            Objects.requireNonNull(path);
            Objects.requireNonNull(used);
        }
    }

    /// Writes what is missing of a blob that was begun.
    public interface Filling {
        /// @param out takes what comes after what was begun
        /// @param begun what is there already, perhaps nothing, to be read to its end: the first bytes of the blob,
        ///     unless they are damaged
        void into(OutputStream out, InputStream begun) throws IOException;
    }

    /// Writes a file that is missing.
    ///
    /// @param <E> what it throws besides
    public interface Making<E extends Exception> {
        /// Makes `file`, which is not there; if this throws, what is there of it is removed.
        void make(Path file) throws IOException, E;
    }

    public Cache {
        Objects.requireNonNull(root);
        shared = List.copyOf(shared);
    }

    /// A cache that shares nothing.
    public Cache(Path root) {
        this(root, List.of());
    }

    /// The blob of a digest, as [#content].
    public Path blob(Digest digest, long size, Filling filling) throws IOException {
        return content(Type.BLOB, digest, size, filling);
    }

    /// The file whose content has a digest; one that is missing, or is not what its name says, is fetched, less what
    /// an earlier process that was ended has fetched of it.
    ///
    /// @param size in bytes
    /// @param filling fetches it; its digest is verified here
    /// @throws IOException if it cannot be fetched, is not what the digest says, or cannot be written
    public Path content(Type type, Digest digest, long size, Filling filling) throws IOException {
        String name = digest.hex();
        for (Path other : shared) {
            Path file = directory(other, type, digest).resolve(name);
            if (Entry.isThere(file, found -> VerifiedFile.isOf(found, digest))) {
                return file;
            }
        }
        var maker = new Entry.Maker<IOException>() {
            @Override
            public void make(Path file) throws IOException {
                VerifiedFile.write(file, digest, filling);
            }

            @Override
            public boolean goOn(Path file) throws IOException {
                return PartialBlob.finish(file, digest, size, filling);
            }
        };
        var entry = new Entry(directory(root, type, digest), name);
        return entry.obtain(file -> VerifiedFile.isOf(file, digest), maker);
    }

    private static Path directory(Path root, Type type, Digest digest) {
        return type == Type.BLOB
                ? root.resolve("blob/blobs").resolve(digest.algorithm().word())
                : root.resolve(type.word);
    }

    /// An image; one that is missing is made.
    ///
    /// @param name what it is made of, as a name for a file
    public <E extends Exception> Path image(Type type, String name, Making<E> making) throws IOException, E {
        for (Path other : shared) {
            Path file = other.resolve(type.word).resolve(name);
            if (Entry.isThere(file, found -> new MadeFile(found).isWhole())) {
                return file;
            }
        }
        Path directory = root.resolve(type.word);
        var made = new MadeFile(directory.resolve(name));
        return new Entry(directory, name).obtain(file -> made.isWhole(), file -> {
            making.make(file);
            made.record(file);
        });
    }

    /// An image, if it is there and whole.
    public Optional<Path> find(Type type, String name) throws IOException {
        Path file = root.resolve(type.word).resolve(name);
        return Entry.isThere(file, found -> new MadeFile(found).isWhole()) ? Optional.of(file) : Optional.empty();
    }

    /// Everything there is, by type and then by size.
    public List<Item> items() throws IOException {
        var items = new ArrayList<Item>();
        for (Type type : Type.values()) {
            Path directory = root.resolve(type.word);
            if (!Files.isDirectory(directory)) {
                continue;
            }
            items.addAll(items(type, directory));
        }
        items.sort(Comparator.comparing(Item::type).thenComparing(Item::path));
        return items;
    }

    private static List<Item> items(Type type, Path directory) throws IOException {
        var items = new ArrayList<Item>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isRegularFile() && !file.toString().endsWith(".made")) {
                    Instant used = attributes.lastAccessTime().toInstant();
                    items.add(new Item(type, file, attributes.size(), used));
                }
            }
            return items;
        } catch (NoSuchFileException gone) {
            return items; // another process cleans
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    /// Removes what is unwanted of it.
    ///
    /// @return what was removed
    public List<Item> clean(Predicate<Item> unwanted) throws IOException {
        var removed = new ArrayList<Item>();
        for (Item item : items()) {
            if (unwanted.test(item) && Files.deleteIfExists(item.path)) {
                Files.deleteIfExists(new MadeFile(item.path).record());
                removed.add(item);
            }
        }
        return removed;
    }
}
