package dev.kerr.build;

import dev.kerr.bytes.FormatException;
import dev.kerr.ext3.Ext3Reader;
import dev.kerr.ext3.Ext3Source;
import dev.kerr.log.Reason;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.oci.MediaType;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.ocisif.OciSif;
import dev.kerr.ocisif.OciSif.StoredBlob;
import dev.kerr.ocisif.OciSifEdit;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.SquashfsWriter;
import dev.kerr.squashfs.WriterSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The writable layer of OCI-SIF files: added, described anew, made a layer like the others.
///
/// **Source:** sylabs/singularity `internal/pkg/ocisif/overlay.go`.
public final class OciOverlay {
    private final PackSettings packing;

    /// @param packing how a layer is packed
    public OciOverlay(PackSettings packing) {
        this.packing = Objects.requireNonNull(packing);
    }

    /// Whether a file is an OCI-SIF.
    static boolean isOciSif(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return OciSif.is(Sif.open(channel));
        }
    }

    /// Adds an ext3 file system as the last layer.
    static void add(String name, Path ext3) throws IOException, UserException {
        try (var edit = OciSifEdit.open(name)) {
            if (edit.image().overlay().isPresent()) {
                throw new UserException(
                        "image " + name + " has a writable overlay already",
                        "kerr overlay seal " + name + " makes it a layer like the others");
            }
            List<NewLayer> layers = edit.keptLower();
            layers.add(new NewLayer(MediaType.EXT3_LAYER, new ObjectContent.File(ext3)));
            edit.write(layers);
        }
    }

    /// Brings what the image says of its overlay into line with what is in it.
    ///
    /// @return whether anything had changed
    public boolean sync(String name) throws UserException {
        try (var edit = OciSifEdit.open(name)) {
            StoredBlob overlay = edit.overlay();
            Digest digest = edit.digest(overlay);
            if (digest.equals(overlay.layer().descriptor().digest())) {
                return false;
            }
            List<NewLayer> layers = edit.keptLower();
            layers.add(edit.kept(overlay, digest));
            edit.write(layers);
            return true;
        } catch (IOException failed) {
            throw new UserException("cannot sync the overlay of " + name + ": " + Reason.of(failed));
        }
    }

    /// Makes the overlay a SquashFS layer like the others.
    ///
    /// @throws UserException also if the overlay has been damaged
    public void seal(String name) throws UserException {
        try (var edit = OciSifEdit.open(name)) {
            var place = edit.overlay().place();
            var reader = Ext3Reader.open(edit.channel(), place.offset(), place.size());
            List<NewLayer> layers = edit.keptLower();
            layers.add(new NewLayer(MediaType.SQUASHFS_LAYER, new ObjectContent.Made((out, offset) -> {
                var changes = SealedEntries.of(() -> upper(reader));
                return SquashfsWriter.write(out, offset, packing.owners().of(changes), settings())
                        .size();
            })));
            edit.write(layers);
        } catch (FormatException damaged) {
            throw new UserException("cannot seal the overlay of " + name + ": " + damaged.getMessage());
        } catch (IOException failed) {
            throw new UserException("cannot seal the overlay of " + name + ": " + Reason.of(failed));
        }
    }

    /// What containers have written, which an overlay keeps in `upper`.
    static Ext3Source upper(Ext3Reader reader) throws IOException {
        Optional<Ext3Source> upper = Ext3Source.of(reader, "upper");
        return upper.orElseThrow(() -> new FormatException("the ext3 file system has no directory upper", 0));
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
