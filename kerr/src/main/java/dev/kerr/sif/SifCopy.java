package dev.kerr.sif;

import dev.kerr.linux.NewFile;
import dev.kerr.linux.Umask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Copies SIF files with another root file system in the place of theirs. All else stays: the image's id, the objects
/// with their ids, names and links, and the order in which they lie.
///
/// Signatures are left out: what they vouch for is no more.
public final class SifCopy {
    private SifCopy() {}

    /// Writes a copy to `target`, in place of what was there; it appears whole or not at all.
    ///
    /// @param from an image with a primary partition; stays the caller's
    /// @param root what becomes the primary partition's content
    /// @param clock tells the time of the change; a file of no id and no time keeps having none
    public static void write(FileChannel from, ObjectContent root, Path target, InstantSource clock)
            throws IOException {
        Sif sif = Sif.open(from);
        try (NewFile file = NewFile.of(target)) {
            write(sif, from, root, OutputFile.of(file), clock);
            file.replace(Umask.executable());
        }
    }

    /// Whether objects of an image are signed, and so a copy has lost something.
    public static boolean hasSignatures(Sif sif) {
        return !sif.select(new Selector.OfType(DataType.SIGNATURE)).isEmpty();
    }

    private static void write(Sif sif, FileChannel from, ObjectContent root, OutputFile out, InstantSource clock)
            throws IOException {
        SifHeader header = sif.header();
        long seconds = header.isTimeless() ? SifHeader.NO_TIME : clock.instant().getEpochSecond();
        var table = ByteBuffer.allocate((int) (header.descriptors().total() * Descriptor.SIZE));
        long start = Math.max(header.dataOffset(), header.descriptors().offset() + table.capacity());
        long end = start;
        int used = 0;
        for (Descriptor old : inPlaceOrder(sif)) {
            if (old.type() == DataType.SIGNATURE) {
                continue;
            }
            boolean isRoot = old.isPrimaryPartition();
            ObjectContent content = isRoot ? root : new ObjectContent.Range(from, old.offset(), old.size());
            long alignment = NewObject.usualAlignment(old.type());
            long offset = Math.ceilDiv(end, alignment) * alignment;
            long size = ContentCopy.copy(content, out, offset);
            Descriptor moved = old.at(new Descriptor.Place(offset, size, offset - end));
            byte[] bytes = (isRoot ? moved.modifiedAt(seconds) : moved).encoded();
            table.put((old.id() - 1) * Descriptor.SIZE, bytes);
            end = offset + size;
            used++;
        }
        out.write(table, header.descriptors().offset());
        var slots = header.descriptors();
        var copied = new SifHeader.Table(slots.total() - used, slots.total(), slots.offset(), slots.size());
        out.write(
                ByteBuffer.wrap(new SifHeader(
                                header.launchScript(),
                                header.architecture(),
                                header.id(),
                                header.created(),
                                seconds,
                                copied,
                                start,
                                end - start)
                        .encoded()),
                0);
    }

    private static List<Descriptor> inPlaceOrder(Sif sif) {
        List<Descriptor> descriptors = new ArrayList<>(sif.descriptors());
        descriptors.sort(Comparator.comparingLong(Descriptor::offset));
        return descriptors;
    }
}
