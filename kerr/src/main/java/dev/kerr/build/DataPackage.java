package dev.kerr.build;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.linux.Umask;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.oci.MediaType;
import dev.kerr.ocisif.NewOciSif;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.SifWriter;
import dev.kerr.squashfs.DirectorySource;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.Entry.Metadata;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/// Packs files into a data container: an OCI-SIF whose one layer is mounted in containers, and whose files belong to
/// root.
///
/// **Source:** sylabs/singularity `internal/pkg/ocisif/datacontainer.go`: a directory's files lie in the root of the
/// layer, and so does a single file.
public final class DataPackage {
    private static final Metadata ROOT = new Metadata(0755, 0, 0, 0);

    private final PackSettings packing;

    /// @param packing how the layer is packed
    public DataPackage(PackSettings packing) {
        this.packing = Objects.requireNonNull(packing);
    }

    /// Writes a data container; it appears whole or not at all.
    ///
    /// @param source a directory or a file
    /// @param latest what files are given for a time of modification that is later, Unix seconds
    /// @throws UserException if there is no such source, or something at the target already
    public void write(Path source, Path target, long latest) throws UserException {
        if (!Files.exists(source)) {
            throw new UserException("cannot package " + source + ": no such file or directory", "is the path right?");
        }
        boolean isDirectory = Files.isDirectory(source);
        if (!isDirectory && !Files.isRegularFile(source)) {
            throw new UserException("cannot package " + source + ": it is neither a file nor a directory");
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserException(
                    "data container " + target + " already exists", "remove it first, or take another name");
        }
        try {
            var layer = new NewLayer(MediaType.SQUASHFS_LAYER, new ObjectContent.Made((out, offset) -> {
                try (EntrySource entries = isDirectory ? DirectorySource.open(source) : file(source)) {
                    return SquashfsWriter.write(
                                    out, offset, entries.changed(entry -> wanted(entry, latest)), settings())
                            .size();
                }
            }));
            SifWriter.write(target, NewOciSif.data(layer), Umask.executable());
        } catch (IOException failed) {
            String file = failed instanceof FileSystemException named ? named.getFile() : source.toString();
            throw new UserException("cannot package " + file + ": " + Reason.of(failed));
        }
    }

    /// The file in a directory of its own. It is named by its directory, because that is what is gone through.
    private static EntrySource file(Path source) throws IOException {
        Path file = source.toRealPath();
        String name = ByteStrings.of(Objects.requireNonNull(file.getFileName()));
        Predicate<String> isWanted = name::equals;
        return DirectorySource.open(Objects.requireNonNull(file.getParent()), isWanted)
                .changed(entry -> Optional.of(entry.path().isEmpty() ? new Entry.Directory("", ROOT) : entry));
    }

    private static Optional<Entry> wanted(Entry entry, long latest) {
        if (!(entry instanceof Entry.Original original)) {
            return Optional.of(entry);
        }
        Metadata metadata = original.metadata().ownedBy(0, 0);
        return Optional.of(original.with(metadata.modifiedSeconds() > latest ? metadata.modifiedAt(latest) : metadata));
    }

    private WriterSettings settings() {
        return new WriterSettings(
                packing.compression(),
                packing.blockSize(),
                packing.tails(),
                0,
                packing.threadsAtOnce(),
                (bytesRead, bytesWritten) -> {});
    }
}
