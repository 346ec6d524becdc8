package dev.kerr.cache;

import dev.kerr.linux.LockedFile;
import dev.kerr.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/// A blob that is on its way, `.HEX.partial`. What came of it is kept when its transfer breaks off, however the process
/// ends, and whoever wants the blob next goes on there. Its lock says that somebody is at work; where there are no
/// locks there are no such files.
final class PartialBlob implements AutoCloseable {
    /// What is less comes again as fast as it can be gone on with.
    private static final long LEAST_KEPT = 1 << 20;

    private final Path path;
    private final LockedFile file;
    private final Digest digest;
    private final long size;

    private PartialBlob(Path path, LockedFile file, Digest digest, long size) {
        this.path = path;
        this.file = file;
        this.digest = digest;
        this.size = size;
    }

    /// Gets a blob, or the rest of it, and gives it its name.
    ///
    /// @param size of the whole blob in bytes
    /// @return false if another process does, or the file system has no locks
    static boolean finish(Path file, Digest digest, long size, Cache.Filling filling) throws IOException {
        Path path = file.resolveSibling("." + digest.hex() + ".partial");
        Optional<PartialBlob> opened = open(path, digest, size);
        if (opened.isEmpty()) {
            return false;
        }
        try (PartialBlob partial = opened.get()) {
            partial.complete(filling);
            Files.move(path, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    /// Empty if another process does, or the file system has no locks.
    private static Optional<PartialBlob> open(Path path, Digest digest, long size) throws IOException {
        LockedFile file;
        try {
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
            file = LockedFile.open(path);
        } catch (NoSuchFileException finished) {
            return Optional.empty();
        }
        return switch (file.lock(0, 1)) {
            case LOCKED -> {
                if (file.isAt(path)) {
                    yield Optional.of(new PartialBlob(path, file, digest, size));
                }
                file.close(); // it has got its name just now
                yield Optional.empty();
            }
            case UNSUPPORTED -> {
                file.close();
                Files.deleteIfExists(path);
                yield Optional.empty();
            }
            case HELD_BY_ANOTHER -> {
                file.close();
                yield Optional.empty();
            }
        };
    }

    /// Gets what is missing, and syncs it. If what was there is not what the digest says, all of it is got once more.
    private void complete(Cache.Filling filling) throws IOException {
        while (true) {
            boolean begun = Files.size(path) > 0;
            try {
                goOn(filling);
                file.channel().force(true);
                return;
            } catch (IOException failed) {
                boolean wrong = Files.size(path) >= size;
                if (wrong) {
                    file.channel().truncate(0);
                }
                if (!wrong || !begun) {
                    throw failed;
                }
            }
        }
    }

    private void goOn(Cache.Filling filling) throws IOException {
        FileChannel channel = file.channel();
        MessageDigest hash = digest.algorithm().start();
        try (InputStream begun = new DigestInputStream(Files.newInputStream(path), hash)) {
            if (channel.size() >= size) {
                begun.transferTo(OutputStream.nullOutputStream());
            } else {
                channel.position(channel.size());
                filling.into(new DigestOutputStream(Channels.newOutputStream(channel), hash), begun);
            }
        }
        VerifiedFile.require(digest, hash);
    }

    /// What is worth it is kept.
    @Override
    public void close() throws IOException {
        if (file.isAt(path) && Files.size(path) < LEAST_KEPT) {
            Files.deleteIfExists(path);
        }
        file.close();
    }
}
