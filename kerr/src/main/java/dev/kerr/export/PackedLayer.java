package dev.kerr.export;

import dev.kerr.layer.LayerWriter;
import dev.kerr.oci.Descriptor;
import dev.kerr.oci.Digest;
import dev.kerr.squashfs.EntrySource;
import dev.kerr.transport.RegionStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/// A layer that is whole, in a file that has no name any more: nothing is left of it, however the process ends.
///
/// @param diffId the digest without compression
/// @param sockets that were left out, for tar has no type for them
record PackedLayer(Descriptor descriptor, Digest diffId, int sockets, FileChannel file) implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    PackedLayer {
        Objects.requireNonNull(descriptor);
        Objects.requireNonNull(diffId);
        Objects.requireNonNull(file);
    }

    /// Packs a tree.
    static PackedLayer of(EntrySource entries, ExportSettings settings) throws IOException {
        FileChannel file = FileChannel.open(
                settings.temporary().resolve(".kerr-layer-" + UUID.randomUUID()),
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE), // which on Linux happens at once
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean done = false;
        try {
            var layer = write(entries, settings, file);
            done = true;
            return layer;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private static PackedLayer write(EntrySource entries, ExportSettings settings, FileChannel file)
            throws IOException {
        LayerFormat format = settings.format();
        var stored = digested(Channels.newOutputStream(file));
        int sockets;
        Digest diffId;
        try (BlockStream blocks = format.stream(stored, settings.threads())) {
            var plain = digested(blocks);
            var tar = new BufferedOutputStream(plain, BUFFER_BYTES);
            sockets = LayerWriter.write(entries, tar);
            tar.flush();
            blocks.finish();
            diffId = finished(plain);
        }
        return new PackedLayer(
                new Descriptor(format.mediaType(), finished(stored), file.position()), diffId, sockets, file);
    }

    private static DigestOutputStream digested(OutputStream out) {
        return new DigestOutputStream(out, Digest.Algorithm.SHA256.start());
    }

    private static Digest finished(DigestOutputStream out) {
        return Digest.finish(Digest.Algorithm.SHA256, out.getMessageDigest().digest());
    }

    /// Its bytes from the first on; may be opened many times.
    InputStream open() {
        return new RegionStream(file, 0, descriptor.size());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
