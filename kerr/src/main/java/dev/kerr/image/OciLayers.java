package dev.kerr.image;

import dev.kerr.log.UserException;
import dev.kerr.ocisif.OciSif;
import dev.kerr.ocisif.OciSif.StoredBlob;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens the layers of OCI-SIF files.
final class OciLayers {
    private OciLayers() {}

    /// A file that is open.
    record File(Path path, FileIdentity identity, FileChannel channel) {}

    /// Opens an image to be run.
    static Image.Layered open(String name, File file, Sif sif) throws IOException, UserException {
        var image = OciSif.open(name, file.channel, sif);
        if (image.isData()) {
            throw new UserException(
                    name + " is a data container, nothing to run",
                    "mount it in a container: --data " + name + ":/data");
        }
        var volumes = new ArrayList<Volume>();
        for (StoredBlob layer : image.layers()) {
            volumes.add(volume(file, layer));
        }
        Volume lowest = volumes.removeFirst();
        var trees = new ArrayList<FileTree>(List.of(lowest.tree()));
        for (Volume volume : volumes) {
            trees.addFirst(volume.tree());
        }
        var partition = lowest.partition();
        return new Image.Layered(
                new Image.Squashfs(
                        file.path,
                        file.identity,
                        partition.offset(),
                        partition.size(),
                        Optional.of(sif),
                        lowest.tree(),
                        file.channel),
                volumes,
                image.config(),
                volumes.isEmpty() ? lowest.tree() : new MergedTree(trees));
    }

    /// Opens a data container.
    static Volume data(String name, File file, Sif sif) throws IOException, UserException {
        var image = OciSif.open(name, file.channel, sif);
        if (image.layers().size() != 1) {
            throw new UserException(
                    "OCI-SIF " + name + " has " + image.layers().size() + " layers, and a data container has one",
                    "`kerr data package` makes one");
        }
        return volume(file, image.layers().getFirst());
    }

    private static Volume volume(File file, StoredBlob layer) throws IOException {
        var place = layer.place();
        var kind = layer.isWritable() ? Partition.FileSystem.EXT3 : Partition.FileSystem.SQUASHFS;
        var partition = new Partition(file.path, file.identity, place.offset(), place.size(), kind);
        return new Volume(
                partition,
                layer.isWritable()
                        ? Volumes.NOTHING
                        : new SquashfsTree(SquashfsReader.open(file.channel, place.offset(), place.size())));
    }
}
