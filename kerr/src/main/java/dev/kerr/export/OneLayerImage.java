package dev.kerr.export;

import dev.kerr.bytes.FormatException;
import dev.kerr.image.Image;
import dev.kerr.image.Images;
import dev.kerr.layer.LayerException;
import dev.kerr.log.Log;
import dev.kerr.log.ProgressBar;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Manifest;
import dev.kerr.oci.MediaType;
import dev.kerr.oci.Platform;
import dev.kerr.squashfs.Entry;
import dev.kerr.squashfs.EntrySource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// An OCI image of one layer, ready to be put somewhere.
///
/// @param manifest the descriptor of `manifestBytes`
public record OneLayerImage(Descriptor manifest, byte[] manifestBytes, byte[] configBytes, PackedLayer layer)
        implements AutoCloseable {
    public OneLayerImage {
        Objects.requireNonNull(manifest);
        Objects.requireNonNull(manifestBytes);
        Objects.requireNonNull(configBytes);
        Objects.requireNonNull(layer);
    }

    /// Makes one of an image of ours. The same image gives the same bytes.
    ///
    /// @param name of the image, as the user wrote it
    /// @param now for an image that does not say when it was made, in Unix seconds
    /// @param bar shows how much has been packed
    /// @throws UserException if the image is damaged, a file of it cannot be read or be in a layer, or there is no room
    public static OneLayerImage of(
            String name, Image image, ExportSettings settings, long now, Optional<ProgressBar> bar, Log log)
            throws UserException, IOException {
        Platform host = Platform.ofHost(System.getProperty("os.arch", ""));
        Original original = Original.of(name, image, host, now);
        if (original.hasOverlay()) {
            log.warning("the changes in the overlay of " + name + " are left out");
        }
        var startup = Startup.of(original.attributes(), original.runscript(), original.created());
        PackedLayer layer = pack(original, startup, settings, bar);
        if (layer.sockets() > 0) {
            log.warning("sockets are left out, which layers cannot hold: " + layer.sockets());
        }
        boolean done = false;
        try {
            byte[] config = OciConfig.of(original, startup, layer.diffId(), settings.version());
            byte[] manifest =
                    new Manifest(Descriptor.of(MediaType.OCI_CONFIG, config), List.of(layer.descriptor())).encode();
            var made = new OneLayerImage(Descriptor.of(MediaType.OCI_MANIFEST, manifest), manifest, config, layer);
            done = true;
            return made;
        } catch (FormatException damaged) {
            throw Images.damaged(name, damaged);
        } finally {
            if (!done) {
                layer.close();
            }
        }
    }

    /// The configuration's descriptor.
    Descriptor config() {
        return Descriptor.of(MediaType.OCI_CONFIG, configBytes);
    }

    private static PackedLayer pack(
            Original original, Startup startup, ExportSettings settings, Optional<ProgressBar> bar)
            throws UserException, IOException {
        try {
            if (bar.isPresent()) {
                bar.get().expect(contentBytes(original));
            }
            try (EntrySource tree = original.tree().open().changed(entry -> shown(entry, bar))) {
                return PackedLayer.of(started(original, tree, startup), settings);
            }
        } catch (LayerException unsuitable) {
            throw new UserException(String.valueOf(unsuitable.getMessage()));
        } catch (FormatException damaged) {
            throw Images.damaged(original.name(), damaged);
        } catch (FileSystemException unreadable) {
            if (settings.temporary().equals(Path.of(unreadable.getFile()).getParent())) {
                throw noRoom(settings, unreadable);
            }
            throw new UserException(
                    "cannot export " + original.name() + ": " + unreadable.getFile() + ": " + Reason.of(unreadable),
                    "what its owner alone may read is in the image that `kerr build` makes of it");
        } catch (IOException full) {
            throw noRoom(settings, full);
        }
    }

    private static UserException noRoom(ExportSettings settings, IOException failed) {
        return new UserException(
                "cannot write the layer in " + settings.temporary() + ": " + Reason.of(failed),
                "make room there, or name a directory that has more with --tmpdir or KERR_TMPDIR");
    }

    /// The tree with the files for its start; an image that came from an OCI image needs none.
    private static EntrySource started(Original original, EntrySource tree, Startup startup) {
        if (original.ociConfig().isPresent()) {
            return tree;
        }
        var others = tree.changed(entry -> Startup.isFile(entry.path()) ? Optional.empty() : Optional.of(entry));
        var files = new ArrayDeque<>(startup.files());
        return () -> {
            Optional<Entry> other = others.next();
            return other.isPresent() ? other : Optional.ofNullable(files.pollFirst());
        };
    }

    private static Optional<Entry> shown(Entry entry, Optional<ProgressBar> bar) {
        if (bar.isPresent() && entry instanceof Entry.RegularFile file) {
            bar.get().advance(file.size());
        }
        return Optional.of(entry);
    }

    private static long contentBytes(Original original) throws IOException {
        long bytes = 0;
        try (EntrySource files = original.tree().open()) {
            for (var entry = files.next(); entry.isPresent(); entry = files.next()) {
                bytes += entry.get() instanceof Entry.RegularFile file ? file.size() : 0;
            }
        }
        return bytes;
    }

    /// Lets go of the layer.
    @Override
    public void close() throws IOException {
        layer.close();
    }
}
