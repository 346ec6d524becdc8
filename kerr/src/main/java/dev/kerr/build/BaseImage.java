package dev.kerr.build;

import static java.util.Objects.requireNonNull;

import dev.kerr.bytes.FormatException;
import dev.kerr.log.UserException;
import dev.kerr.ocisif.OciSif;
import dev.kerr.sif.Descriptor;
import dev.kerr.sif.Extra;
import dev.kerr.sif.FsType;
import dev.kerr.sif.Sif;
import dev.kerr.squashfs.SquashfsReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An image that a build starts from.
sealed interface BaseImage {
    /// A directory.
    record Directory(Path path) implements BaseImage {
        public Directory {
            requireNonNull(path);
        }
    }

    /// A SquashFS file system in a file.
    ///
    /// @param offsetBytes of its superblock in the file
    /// @param sizeBytes that it has there
    record Squashfs(Path path, long offsetBytes, long sizeBytes) implements BaseImage {
        public Squashfs {
            requireNonNull(path);
        }
    }

    /// Finds out what an image is.
    ///
    /// @param path absolute
    /// @param spelling of the path, for messages
    /// @throws UserException if there is no such image, or it is of a kind that cannot be unpacked
    static BaseImage open(Path path, String spelling) throws IOException, UserException {
        if (Files.isDirectory(path)) {
            return new Directory(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new UserException(
                    "cannot open the image " + spelling + ": " + (Files.exists(path) ? "not a file" : "no such file"));
        }
        try (FileChannel channel = FileChannel.open(path)) {
            if (Kind.SQUASHFS.is(channel)) {
                return whole(new Squashfs(path, 0, channel.size()), channel, spelling);
            }
            if (Kind.SIF.is(channel)) {
                return whole(partition(path, channel, spelling), channel, spelling);
            }
            String kind =
                    Kind.EXT.is(channel) ? "ext3 images cannot be built from yet" : "neither a SIF nor a SquashFS file";
            throw new UserException("cannot build from " + spelling + ": " + kind);
        } catch (AccessDeniedException e) {
            throw new UserException("cannot open the image " + spelling + ": permission denied");
        }
    }

    /// Looks into the file system, so that one that is damaged gets our word for it and not a tool's.
    private static Squashfs whole(Squashfs image, FileChannel channel, String spelling)
            throws IOException, UserException {
        try (var reader = SquashfsReader.open(channel, image.offsetBytes(), image.sizeBytes())) {
            reader.list(reader.root());
            return image;
        } catch (FormatException e) {
            throw new UserException("image " + spelling + " is damaged: " + e.getMessage(), "copy or build it again");
        }
    }

    private static Squashfs partition(Path path, FileChannel channel, String spelling)
            throws IOException, UserException {
        try {
            Sif sif = Sif.open(channel);
            if (OciSif.is(sif)) {
                throw new UserException(
                        "cannot build from " + spelling + ": it is an OCI-SIF",
                        "make a SIF of it first: kerr build other.sif " + spelling);
            }
            Descriptor primary = sif.primaryPartition()
                    .orElseThrow(
                            () -> new UserException("cannot build from " + spelling + ": it has no root file system"));
            FsType type = primary.partition().map(Extra.Partition::fsType).orElse(FsType.UNKNOWN);
            return switch (type) {
                case SQUASHFS -> new Squashfs(path, primary.offset(), primary.size());
                case ENCRYPTED_SQUASHFS, GOCRYPTFS_SQUASHFS ->
                    throw new UserException(
                            "cannot build from " + spelling + ": encrypted images cannot be built from yet");
                case UNKNOWN, EXT3, ARCHIVE, RAW ->
                    throw new UserException("cannot build from " + spelling + ": its file system is " + type.label());
            };
        } catch (FormatException e) {
            throw new UserException("cannot build from " + spelling + ": " + e.getMessage());
        }
    }

    /// Kinds of files, by the bytes that tell them.
    enum Kind {
        SIF(32, "SIF_MAGIC\0".getBytes(StandardCharsets.US_ASCII)),
        SQUASHFS(0, "hsqs".getBytes(StandardCharsets.US_ASCII)),
        EXT(1080, new byte[] {0x53, (byte) 0xEF});

        private final long offsetBytes;
        private final byte[] magic;

        Kind(long offsetBytes, byte[] magic) {
            this.offsetBytes = offsetBytes;
            this.magic = magic;
        }

        boolean is(FileChannel file) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(magic.length);
            int count = file.read(bytes, offsetBytes);
            return count == magic.length && bytes.flip().equals(ByteBuffer.wrap(magic));
        }
    }
}
