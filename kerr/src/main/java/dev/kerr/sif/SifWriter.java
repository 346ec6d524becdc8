package dev.kerr.sif;

import dev.kerr.linux.NewFile;
import dev.kerr.linux.Umask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Writes a new SIF file: header, descriptor table at 4096, then the objects one after the other.
///
/// Source: sylabs/sif `pkg/sif/create.go`.
public final class SifWriter {
    private static final long TABLE_OFFSET = 4096;

    private SifWriter() {}

    /// Writes `sif` to `target`, in place of what was there.
    ///
    /// The file appears whole or not at all, and nothing is left of one that is not ([NewFile]). A target that is a
    /// symbolic link is replaced itself.
    ///
    /// @param permissions of the file when it is there, for most callers 0755 less the umask
    /// @throws IOException if anything cannot be read or written, or content is shorter than it was said to be
    public static void write(Path target, NewSif sif, Set<PosixFilePermission> permissions) throws IOException {
        try (NewFile file = NewFile.of(target)) {
            write(file, sif);
            file.replace(permissions);
        }
    }

    /// Writes `sif` to a new file, readable by all and executable, less the umask.
    ///
    /// The file appears whole or not at all.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if there is a file of this name, or a link, which stays as it
    /// is
    public static void create(Path target, NewSif sif) throws IOException {
        try (NewFile file = NewFile.of(target)) {
            write(file, sif);
            file.add(Umask.executable());
        }
    }

    /// Writes `sif` to an empty file. What is not written, before the table and before aligned objects, stays a
    /// hole of zeros.
    private static void write(NewFile file, NewSif sif) throws IOException {
        OutputFile out = OutputFile.of(file);
        long tableSize = (long) sif.slots() * Descriptor.SIZE;
        long dataOffset = TABLE_OFFSET + tableSize;
        long seconds = sif.stamp().time().getEpochSecond();
        List<Descriptor> descriptors = new ArrayList<>();
        long end = dataOffset;
        for (NewObject object : sif.objects()) {
            long offset = object.offsetBehind(end);
            var copy = ContentCopy.of(object, List.copyOf(descriptors), out, offset);
            var place = new Descriptor.Place(offset, copy.size(), offset - end);
            descriptors.add(Descriptor.of(descriptors.size() + 1, copy.object(), place, seconds));
            end = offset + copy.size();
        }
        ByteBuffer table = ByteBuffer.allocate((int) tableSize);
        for (Descriptor descriptor : descriptors) {
            table.put(descriptor.encoded());
        }
        out.write(table.clear(), TABLE_OFFSET);
        if (file.channel().size() < end) {
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
