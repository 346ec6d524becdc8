package dev.kerr.image;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.ocisif.OciSif;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.PartitionType;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens file systems that lie in files: overlays, and images of which a part is bound. Their files stay open until
/// this is closed.
public final class Volumes implements AutoCloseable {
    private final List<FileChannel> channels = new ArrayList<>();

    /// Opens the file system of a file: the whole file's, or that of a SIF's data object.
    ///
    /// @param path absolute
    /// @param id of the data object; 0 for the primary partition
    /// @throws UserException if there is none that can be mounted
    public Volume image(String path, int id) throws UserException {
        return open(path, id, false).orElseThrow(() -> none(path, "SIF without a primary partition"));
    }

    /// Opens a data container.
    ///
    /// @param path absolute
    /// @throws UserException if it is none
    public Volume data(String path) throws UserException {
        try (var channel = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
            if (!Images.isSif(Images.head(channel)) || !OciSif.is(Sif.open(channel))) {
                throw new UserException(path + " is no data container", "`kerr data package` makes one");
            }
        } catch (IOException unreadable) {
            return image(path, 0); // which says what is wrong
        }
        return image(path, 0);
    }

    /// Opens an overlay: the whole file, or the overlay partition of a SIF.
    ///
    /// @throws UserException if there is none that can be mounted
    public Volume overlay(String path) throws UserException {
        return open(path, 0, true).orElseThrow(() -> none(path, "SIF without an overlay partition"));
    }

    /// What lies over the lowest file system of an image that is open: an overlay partition, or layers in their order.
    public List<Volume> over(Image image) throws UserException {
        if (image instanceof Image.Layered layered) {
            return layered.upper();
        }
        boolean has = image instanceof Image.Squashfs file
                && file.sif().isPresent()
                && overlay(file.sif().get()).isPresent();
        return has ? List.of(overlay(image.path().toString())) : List.of();
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }

    private Optional<Volume> open(String name, int id, boolean overlay) throws UserException {
        Path path = Path.of(name);
        try {
            var channel = FileChannel.open(path, StandardOpenOption.READ);
            channels.add(channel);
            var identity = FileIdentity.of(path);
            byte[] head = Images.head(channel);
            if (Images.isSif(head)) {
                var sif = Sif.open(channel);
                if (OciSif.is(sif) && id == 0 && !overlay) {
                    return Optional.of(OciLayers.data(name, new OciLayers.File(path, identity, channel), sif));
                }
                var object = object(name, sif, id, overlay);
                return object.isEmpty() ? Optional.empty() : Optional.of(volume(path, identity, object.get(), channel));
            }
            if (id > 0) {
                throw none(name, "file without data objects: it is no SIF");
            }
            if (Images.isSquashfs(head)) {
                var whole = new Partition(path, identity, 0, identity.size(), Partition.FileSystem.SQUASHFS);
                return Optional.of(new Volume(whole, tree(channel, whole)));
            }
            if (Images.isExt(head)) {
                var whole = new Partition(path, identity, 0, identity.size(), Partition.FileSystem.EXT3);
                return Optional.of(new Volume(whole, NOTHING));
            }
            throw none(name, "file of another kind");
        } catch (NoSuchFileException missing) {
            throw new UserException(
                    "image " + name + " does not exist",
                    overlay ? "`kerr overlay create` makes one, mkdir a directory" : "is the path right?");
        } catch (AccessDeniedException denied) {
            throw new UserException("image " + name + " may not be read", "see the permissions with ls -l");
        } catch (FormatException malformed) {
            throw Images.damaged(name, malformed);
        } catch (IOException unreadable) {
            throw new UserException("cannot read image " + name + ": " + unreadable.getMessage());
        }
    }

    private static Volume volume(Path path, FileIdentity identity, Descriptor object, FileChannel channel)
            throws IOException, UserException {
        FsType type = object.partition().map(Extra.Partition::fsType).orElse(FsType.UNKNOWN);
        if (type == FsType.EXT3) {
            return new Volume(
                    new Partition(path, identity, object.offset(), object.size(), Partition.FileSystem.EXT3), NOTHING);
        }
        if (type != FsType.SQUASHFS) {
            throw none(path.toString(), "data object " + object.id() + " of another kind");
        }
        var partition = new Partition(path, identity, object.offset(), object.size(), Partition.FileSystem.SQUASHFS);
        return new Volume(partition, tree(channel, partition));
    }

    private static Optional<Descriptor> object(String name, Sif sif, int id, boolean overlay) throws UserException {
        if (overlay) {
            return overlay(sif);
        }
        if (id == 0) {
            return sif.primaryPartition();
        }
        var descriptor = sif.descriptor(id);
        if (descriptor.isEmpty()) {
            throw new UserException(
                    "image " + name + " has no data object " + id, "`kerr sif list` shows what it holds");
        }
        return descriptor;
    }

    private static Optional<Descriptor> overlay(Sif sif) {
        for (Descriptor descriptor : sif.descriptors()) {
            var partition = descriptor.partition();
            if (partition.isPresent() && partition.get().partitionType() == PartitionType.OVERLAY) {
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }

    private static FileTree tree(FileChannel channel, Partition partition) throws IOException {
        return new SquashfsTree(SquashfsReader.open(channel, partition.offset(), partition.size()));
    }

    private static UserException none(String name, String what) {
        return new UserException("cannot mount " + name + ": it is a " + what, "SquashFS and ext3 can be mounted");
    }

    /// What is not read here.
    static final FileTree NOTHING = new FileTree() {
        @Override
        public Optional<Node> node(String path) {
            return path.equals("/") ? Optional.of(new Node(Kind.DIRECTORY, 0755, "")) : Optional.empty();
        }

        @Override
        public byte[] read(String path, int limit) throws IOException {
            throw new IOException(path + " is in an ext3 file system");
        }

        @Override
        public List<String> list(String path) {
            return List.of();
        }
    };
}
