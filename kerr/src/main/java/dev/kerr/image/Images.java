package dev.kerr.image;

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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// Opens images, whatever their kind.
public final class Images {
    /// How much of a file is looked at to tell its kind.
    private static final int HEAD_BYTES = 2048;

    private static final int SIF_MAGIC_AT = 32;
    private static final int EXT_MAGIC_AT = 1080;
    private static final List<String> TRANSPORTS = List.of(
            "docker",
            "oci",
            "oci-archive",
            "docker-archive",
            "docker-daemon",
            "oras",
            "library",
            "shub",
            "http",
            "https",
            "instance");

    private Images() {}

    /// Opens an image by the name that the user gave.
    ///
    /// @throws UserException if there is no image of that name, or none that can be run; the message names the reason
    public static Image open(String name) throws UserException {
        refuseTransports(name);
        if (name.isEmpty()) {
            throw new UserException("the name of the image is empty", "is a variable unset?");
        }
        Path path = Path.of(name).toAbsolutePath(); // not normalized: a link before .. leads elsewhere
        if (Files.isDirectory(path)) {
            return sandbox(name, path);
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new UserException("image " + name + " is neither a file nor a directory");
        }
        try {
            return file(name, path);
        } catch (NoSuchFileException missing) {
            throw new UserException("image " + name + " does not exist", "is the path right, and the disk mounted?");
        } catch (AccessDeniedException denied) {
            throw new UserException("image " + name + " may not be read", "see the permissions with ls -l");
        } catch (FormatException malformed) {
            throw damaged(name, malformed);
        } catch (IOException unreadable) {
            throw new UserException("cannot read image " + name + ": " + unreadable.getMessage());
        }
    }

    /// Whether a file looks like an image by its first bytes; what does not exist or cannot be read does not.
    public static boolean isImage(String name) {
        Path path = Path.of(name);
        if (!Files.isRegularFile(path)) {
            return false;
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            byte[] head = head(channel);
            return isSif(head) || holds(head, launchLine(head), "hsqs");
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// Whether a file says that it is a SIF.
    public static boolean isSifFile(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return isSif(head(channel));
        }
    }

    /// What the user is told of an image whose format is wrong, whoever finds that.
    public static UserException damaged(String name, FormatException malformed) {
        return new UserException("image " + name + " is damaged: " + malformed.getMessage(), "copy or build it again");
    }

    /// Whether a name is that of an image which is to be fetched: `docker://alpine`. A file of that name goes before.
    public static boolean isElsewhere(String name) {
        int colon = name.indexOf(':');
        return colon > 0 && TRANSPORTS.contains(name.substring(0, colon)) && !Files.exists(Path.of(name));
    }

    private static void refuseTransports(String name) throws UserException {
        if (isElsewhere(name)) {
            throw new UserException("image " + name + " is not here", "fetch it first: kerr pull " + name);
        }
    }

    private static boolean isRoot(Path path) {
        try {
            return path.toRealPath().getParent() == null;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static Image sandbox(String name, Path path) throws UserException {
        if (isRoot(path)) {
            throw new UserException("the host's root cannot be an image: " + name);
        }
        if (!Files.isExecutable(path)) {
            throw new UserException("sandbox " + name + " may not be entered", "see the permissions with ls -ld");
        }
        return new Image.Sandbox(path);
    }

    private static Image file(String name, Path path) throws IOException, UserException {
        var channel = FileChannel.open(path, StandardOpenOption.READ);
        boolean opened = false;
        try {
            var image = file(name, path, channel);
            opened = true;
            return image;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private static Image file(String name, Path path, FileChannel channel) throws IOException, UserException {
        var identity = FileIdentity.of(path);
        if (identity.size() == 0) {
            throw new UserException("image " + name + " is empty", "copy or build it again");
        }
        byte[] head = head(channel);
        if (isSif(head)) {
            var sif = Sif.open(channel);
            if (OciSif.is(sif)) {
                return OciLayers.open(name, new OciLayers.File(path, identity, channel), sif);
            }
            var primary = runnable(name, sif);
            var tree = tree(channel, primary.offset(), primary.size());
            return new Image.Squashfs(
                    path, identity, primary.offset(), primary.size(), Optional.of(sif), tree, channel);
        }
        int offset = launchLine(head);
        if (holds(head, offset, "hsqs")) {
            long size = identity.size() - offset;
            return new Image.Squashfs(
                    path, identity, offset, size, Optional.empty(), tree(channel, offset, size), channel);
        }
        if (head.length > EXT_MAGIC_AT + offset + 1
                && (head[EXT_MAGIC_AT + offset] & 0xff) == 0x53
                && (head[EXT_MAGIC_AT + offset + 1] & 0xff) == 0xef) {
            throw new UserException("image " + name + " is an ext3 image: these are not yet available");
        }
        throw new UserException(
                "image " + name + " is no image: neither SIF nor SquashFS", "build one with `kerr build`");
    }

    private static FileTree tree(FileChannel channel, long offset, long size) throws IOException {
        return new SquashfsTree(SquashfsReader.open(channel, offset, size));
    }

    private static Descriptor runnable(String name, Sif sif) throws UserException {
        var primary = sif.primaryPartition();
        if (primary.isEmpty()) {
            throw new UserException(
                    "image " + name + " has no primary partition to run", "`kerr sif list` shows what it holds");
        }
        FsType type = primary.get().partition().map(Extra.Partition::fsType).orElse(FsType.UNKNOWN);
        if (type == FsType.ENCRYPTED_SQUASHFS || type == FsType.GOCRYPTFS_SQUASHFS) {
            throw new UserException(
                    "image " + name + " is encrypted", "encrypted images are not yet available in this version");
        }
        if (type != FsType.SQUASHFS) {
            throw new UserException("image " + name + " has a root file system of a kind that is not yet available");
        }
        return primary.get();
    }

    static boolean isSif(byte[] head) {
        return holds(head, SIF_MAGIC_AT, "SIF_MAGIC");
    }

    static boolean isSquashfs(byte[] head) {
        return holds(head, 0, "hsqs");
    }

    static boolean isExt(byte[] head) {
        return head.length > EXT_MAGIC_AT + 1
                && (head[EXT_MAGIC_AT] & 0xff) == 0x53
                && (head[EXT_MAGIC_AT + 1] & 0xff) == 0xef;
    }

    static byte[] head(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(HEAD_BYTES);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {
            // a read may be short
        }
        byte[] head = new byte[buffer.position()];
        buffer.flip().get(head);
        return head;
    }

    private static boolean holds(byte[] head, int at, String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (at + i >= head.length || head[at + i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Images of Singularity 2 are a SquashFS behind a line `#!/usr/bin/env run-singularity`. Returns its length.
    private static int launchLine(byte[] head) {
        if (!holds(head, 0, "#!")) {
            return 0;
        }
        for (int i = 0; i < head.length; i++) {
            if (head[i] == '\n') {
                var line = new String(head, 0, i, StandardCharsets.ISO_8859_1);
                return line.contains(" run-singularity") ? i + 1 : 0;
            }
        }
        return 0;
    }
}
