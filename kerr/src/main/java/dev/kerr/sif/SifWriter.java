package dev.kerr.sif;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Writes a new SIF file: header, descriptor table at 4096, then the objects one after the other.
///
/// Source: sylabs/sif `pkg/sif/create.go`.
public final class SifWriter {
    private static final long TABLE_OFFSET = 4096;
    private static final int LONGEST_KEPT_NAME = 200;

    private SifWriter() {}

    /// Writes `sif` to `target`, in place of what was there.
    ///
    /// The file appears whole or not at all: it is written beside the target as `.NAME.kerr-RANDOM`, which only
    /// its owner may open, synced, and renamed. Where that fails nothing is left and the target is as it was;
    /// only a process that is killed leaves the temporary file behind. A target that is a symbolic link is
    /// replaced itself.
    ///
    /// @param permissions of the file when it is there, for most callers 0755 less the umask
    /// @throws IOException if anything cannot be read or written, or content is shorter than it was said to be
    public static void write(Path target, NewSif sif, Set<PosixFilePermission> permissions) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        Path name = target.getFileName();
        if (directory == null || name == null) {
            throw new IllegalArgumentException("not a name for a file: " + target);
        }
        Path temporary = directory.resolve(temporaryName(name.toString()));
        boolean done = false;
        FileChannel created = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = created) {
            write(out, sif);
            Files.setPosixFilePermissions(temporary, permissions);
            out.force(true);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(temporary);
            }
        }
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    /// Writes `sif` to a new file, readable by all and executable, less the umask.
    ///
    /// The file is not there before, and is removed where it cannot be written. Its header comes last: of a process
    /// that is killed it leaves what no reader takes for a SIF file.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if there is a file of this name, or a link, which stays as it
    /// is
    public static void create(Path target, NewSif sif) throws IOException {
        boolean done = false;
        FileChannel created = FileChannel.open(
                target,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        try (FileChannel out = created) {
            write(out, sif);
            out.force(true);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(target);
            }
        }
    }

    private static String temporaryName(String name) {
        String random = UUID.randomUUID().toString();
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEPT_NAME;
        return "." + (fits ? name : "long-name") + ".kerr-" + random;
    }

    /// Writes `sif` to an empty file. What is not written, before the table and before aligned objects, stays a
    /// hole of zeros.
    private static void write(FileChannel channel, NewSif sif) throws IOException {
        OutputFile out = OutputFile.of(channel);
        long tableSize = (long) sif.slots() * Descriptor.SIZE;
        long dataOffset = TABLE_OFFSET + tableSize;
        long seconds = sif.stamp().time().getEpochSecond();
        List<Descriptor> descriptors = new ArrayList<>();
        long end = dataOffset;
        for (NewObject object : sif.objects()) {
            long offset = object.offsetBehind(end);
            var copy = ContentCopy.of(object, out, offset);
            var place = new Descriptor.Place(offset, copy.size(), offset - end);
            descriptors.add(Descriptor.of(descriptors.size() + 1, copy.object(), place, seconds));
            end = offset + copy.size();
        }
        ByteBuffer table = ByteBuffer.allocate((int) tableSize);
        for (Descriptor descriptor : descriptors) {
            table.put(descriptor.encoded());
        }
        out.write(table.clear(), TABLE_OFFSET);
        if (channel.size() < end) {
            out.write(ByteBuffer.allocate(1), end - 1); // an empty object behind a gap
        }
        var slots = new SifHeader.Table(sif.slots() - descriptors.size(), sif.slots(), TABLE_OFFSET, tableSize);
        var header = new SifHeader(
                sif.launchScript(),
                sif.architecture(),
                sif.stamp().id(),
                seconds,
                seconds,
                slots,
                dataOffset,
                end - dataOffset);
        out.write(ByteBuffer.wrap(header.encoded()), 0);
    }
}
