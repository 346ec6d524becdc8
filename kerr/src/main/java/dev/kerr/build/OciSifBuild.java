package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.layer.KeptLayers;
import dev.kerr.layer.LayerException;
import dev.kerr.layer.LayerSettings;
import dev.kerr.layer.Layers;
import dev.kerr.linux.Umask;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.UserException;
import dev.kerr.oci.MediaType;
import dev.kerr.ocisif.NewOciSif;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.SifWriter;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import dev.kerr.transport.LayeredImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes OCI-SIF files of images of layers. The same image, packed in the same way, makes the same file, whenever.
public final class OciSifBuild {
    private final PackSettings packing;
    private final LayersKept layersKept;
    private final Optional<ProgressBar> bar;

    /// What becomes of the layers.
    public enum LayersKept {
        /// They are merged into one.
        NO,
        /// Each becomes one.
        YES
    }

    /// @param bar shows how much is written
    public OciSifBuild(PackSettings packing, LayersKept layersKept, Optional<ProgressBar> bar) {
        this.packing = requireNonNull(packing);
        this.layersKept = requireNonNull(layersKept);
        this.bar = requireNonNull(bar);
    }

    /// Writes an image; it appears whole or not at all.
    ///
    /// @throws UserException if a layer cannot be used
    public void write(LayeredImage image, Path target) throws UserException, IOException {
        try {
            switch (layersKept) {
                case NO -> {
                    try (Layers layers = Layers.merge(image.layers(), LayerSettings.usual())) {
                        bar.ifPresent(shown -> shown.expect(layers.contentBytes()));
                        write(image, List.of(layer(() -> layers)), target);
                    }
                }
                case YES -> {
                    var layers = KeptLayers.of(image.layers(), LayerSettings.usual());
                    var kept = new ArrayList<NewLayer>();
                    for (int i = 0; i < layers.count(); i++) {
                        kept.add(layer(layers::next)); // which are written one after the other
                    }
                    write(image, kept, target);
                }
            }
        } catch (LayerException unusable) {
            throw new UserException(
                    String.valueOf(unusable.getMessage()), "was the image made for Linux, and is it whole?");
        }
    }

    private static void write(LayeredImage image, List<NewLayer> layers, Path target) throws IOException {
        var sif = NewOciSif.image(
                layers, image.configBytes(), Optional.of(image.id().hex()));
        SifWriter.write(target, sif, Umask.executable());
    }

    private interface Opening {
        EntrySource open() throws IOException;
    }

    private NewLayer layer(Opening opening) {
        var settings = new WriterSettings(
                packing.compression(),
                packing.blockSize(),
                packing.tails(),
                0,
                packing.threadsAtOnce(),
                (bytesRead, bytesWritten) -> bar.ifPresent(shown -> shown.advance(bytesRead)));
        return new NewLayer(MediaType.SQUASHFS_LAYER, new ObjectContent.Made((out, offset) -> {
            try (EntrySource entries = opening.open()) {
                return SquashfsWriter.write(out, offset, packing.owners().of(entries), settings)
                        .size();
            }
        }));
    }
}
