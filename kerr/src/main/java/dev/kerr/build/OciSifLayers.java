package dev.kerr.build;

import dev.kerr.bytes.FormatException;
import dev.kerr.ext3.Ext3Reader;
import dev.kerr.layer.LayerBlob;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.ocisif.OciSif;
import dev.kerr.ocisif.OciSif.StoredBlob;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.SquashfsReader;
import dev.kerr.squashfs.SquashfsSource;
import dev.kerr.transport.LayeredImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The layers of an OCI-SIF as archives, for whatever is made of images of layers.
public final class OciSifLayers {
    private OciSifLayers() {}

    /// Opens an image.
    ///
    /// @param name of the file, as the user wrote it
    /// @throws UserException if it is no OCI-SIF of one image to run, or is damaged
    public static LayeredImage open(String name) throws UserException, IOException {
        FileChannel channel = FileChannel.open(Path.of(name));
        boolean done = false;
        try {
            var image = OciSif.open(name, channel, Sif.open(channel));
            if (image.isData()) {
                throw new UserException(
                        name + " is a data container, nothing to build from",
                        "mount it in a container: --data " + name + ":/data");
            }
            List<LayerBlob> layers = new ArrayList<>();
            for (StoredBlob layer : image.layers()) {
                boolean isLowest = layers.isEmpty();
                String digest = layer.layer().descriptor().digest().toString();
                layers.add(new ArchivedLayer(digest, () -> {
                    EntrySource entries = entries(channel, layer);
                    return isLowest ? entries : new ArchivedEntries(entries);
                }));
            }
            done = true;
            return new LayeredImage(
                    Digest.ofContent(image.manifestBytes()), image.configBytes(), image.config(), layers, channel);
        } catch (FormatException malformed) {
            throw new UserException(
                    "image " + name + " is damaged: " + malformed.getMessage(), "copy or pull it again");
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private static EntrySource entries(FileChannel channel, StoredBlob layer) throws IOException {
        var place = layer.place();
        if (layer.isWritable()) {
            var reader = Ext3Reader.open(channel, place.offset(), place.size());
            return SealedEntries.of(() -> OciOverlay.upper(reader));
        }
        return new SquashfsSource(SquashfsReader.open(channel, place.offset(), place.size()));
    }
}
