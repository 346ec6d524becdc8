package dev.kerr.ocisif;

import dev.kerr.bytes.FormatException;
import dev.kerr.linux.LockedFile;
import dev.kerr.log.UserException;
import dev.kerr.oci.Digest;
import dev.kerr.ocisif.NewOciSif.NewLayer;
import dev.kerr.ocisif.OciSif.StoredBlob;
import dev.kerr.sif.ObjectContent;
import dev.kerr.sif.Sif;
import dev.kerr.sif.SifWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Gives an OCI-SIF other layers. The file is written anew beside the old one and takes its place: whoever has the old
/// one open keeps it, and a process that is killed leaves the old one.
///
/// Two edits exclude each other, and so do an edit and a container that writes to the overlay.
public final class OciSifEdit implements AutoCloseable {
    private static final int HEADER_SIZE = 128;
    private static final int CHUNK = 1 << 18;

    private final String name;
    private final Path path;
    private final LockedFile file;
    private final OciSif image;

    private OciSifEdit(String name, Path path, LockedFile file, OciSif image) {
        this.name = name;
        this.path = path;
        this.file = file;
        this.image = image;
    }

    /// Opens and locks a file.
    ///
    /// @param name of the file, as the user wrote it
    /// @throws UserException if it is no OCI-SIF of one image to run, is signed, or is in use
    public static OciSifEdit open(String name) throws IOException, UserException {
        Path path = Path.of(name).toRealPath();
        LockedFile file = LockedFile.open(path);
        boolean done = false;
        try {
            Sif sif = Sif.open(file.channel());
            if (!OciSif.is(sif)) {
                throw new UserException("image " + name + " is no OCI-SIF", "kerr pull --oci makes one");
            }
            var image = OciSif.open(name, file.channel(), sif);
            if (image.isData()) {
                throw new UserException("image " + name + " is a data container, which has no overlay");
            }
            if (image.isSigned()) {
                throw new UserException(
                        "image " + name + " is signed, which a change of its layers would break",
                        "make the overlay a file of its own");
            }
            if (file.lock(0, HEADER_SIZE) == LockedFile.Outcome.HELD_BY_ANOTHER) {
                throw new UserException(
                        "image " + name + " is being changed by another process", "try again when it is done");
            }
            var overlay = image.overlay();
            if (overlay.isPresent()) {
                var place = overlay.get().place();
                if (file.lock(place.offset(), place.size()) == LockedFile.Outcome.HELD_BY_ANOTHER) {
                    throw new UserException(
                            "the overlay of image " + name + " is in use by another process",
                            "a container of it is running");
                }
            }
            done = true;
            return new OciSifEdit(name, path, file, image);
        } catch (FormatException malformed) {
            throw new UserException(
                    "image " + name + " is damaged: " + malformed.getMessage(), "copy or pull it again");
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /// The image as it is.
    public OciSif image() {
        return image;
    }

    /// The file that it is in.
    public FileChannel channel() {
        return file.channel();
    }

    /// The ext3 layer.
    ///
    /// @throws UserException if there is none
    public StoredBlob overlay() throws UserException {
        return image.overlay()
                .orElseThrow(() -> new UserException(
                        "image " + name + " has no writable overlay", "kerr overlay create " + name + " makes one"));
    }

    /// The digest of a layer as it is now.
    public Digest digest(StoredBlob layer) throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.start();
        var buffer = ByteBuffer.allocate(CHUNK);
        long at = layer.place().offset();
        long end = at + layer.place().size();
        while (at < end) {
            buffer.clear().limit((int) Math.min(CHUNK, end - at));
            int count = file.channel().read(buffer, at);
            if (count <= 0) {
                throw new FormatException("truncated SIF: a layer is cut short", at);
            }
            hash.update(buffer.flip());
            at += count;
        }
        return Digest.finish(Digest.Algorithm.SHA256, hash.digest());
    }

    /// A layer as it is, by its digest or by another.
    public NewLayer kept(StoredBlob layer, Digest digest) {
        var place = layer.place();
        return new NewLayer(
                layer.layer().descriptor().mediaType(),
                new ObjectContent.Range(file.channel(), place.offset(), place.size()),
                Optional.of(digest));
    }

    /// All layers but the overlay.
    public List<NewLayer> keptLower() {
        var layers = new ArrayList<NewLayer>();
        for (StoredBlob layer : image.layers()) {
            if (!layer.isWritable()) {
                layers.add(kept(layer, layer.layer().descriptor().digest()));
            }
        }
        return layers;
    }

    /// Puts the image with these layers in place of the old one.
    public void write(List<NewLayer> layers) throws IOException {
        var permissions = Files.getPosixFilePermissions(path);
        Object uid = Objects.requireNonNull(Files.getAttribute(path, "unix:uid"));
        Object gid = Objects.requireNonNull(Files.getAttribute(path, "unix:gid"));
        SifWriter.write(path, NewOciSif.image(layers, image.configBytes(), Optional.empty()), permissions);
        if (!uid.equals(Files.getAttribute(path, "unix:uid"))) {
            Files.setAttribute(path, "unix:uid", uid); // root alone can have written another's file
            Files.setAttribute(path, "unix:gid", gid);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
