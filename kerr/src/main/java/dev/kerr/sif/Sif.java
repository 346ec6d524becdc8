package dev.kerr.sif;

import dev.kerr.bytes.ByteRegion;
import dev.kerr.bytes.FormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// A SIF file: its header and the descriptors of its objects, checked against the file they are from.
///
/// @param header the global header
/// @param descriptors of the objects that there are, in the order of their ids
public record Sif(SifHeader header, List<Descriptor> descriptors) {
    /// Refuses null and keeps a copy.
    public Sif {
        Objects.requireNonNull(header);
        descriptors = List.copyOf(descriptors);
    }

    /// Reads header and descriptors of the SIF file in `channel`, from its first byte.
    ///
    /// The objects' places are checked to be inside the file, their contents are not read. An unknown type of
    /// object is no error.
    ///
    /// @param channel stays the caller's; its position is neither used nor moved
    /// @throws FormatException if it is no SIF file of version 01, or is cut short, or contradicts itself
    public static Sif open(FileChannel channel) throws IOException {
        ByteRegion file = ByteRegion.whole(channel);
        if (file.size() < SifHeader.SIZE) {
            throw new FormatException("truncated SIF: header is cut short", file.size());
        }
        byte[] start = new byte[SifHeader.SIZE];
        file.read(0, start, SifHeader.SIZE, "SIF header");
        SifHeader header = SifHeader.decode(start, file.size());
        // The header has bounded the total, so this is at most 4.6 MiB, all of it present in the file.
        byte[] table = new byte[(int) header.descriptors().total() * Descriptor.SIZE];
        file.read(header.descriptors().offset(), table, table.length, "SIF descriptor table");
        return new Sif(header, descriptors(table, header.descriptors().offset(), file.size()));
    }

    private static List<Descriptor> descriptors(byte[] table, long tableOffset, long fileSize) throws FormatException {
        List<Descriptor> descriptors = new ArrayList<>();
        boolean primary = false;
        for (int at = 0; at < table.length; at += Descriptor.SIZE) {
            if (!Descriptor.isUsed(table, at, tableOffset)) {
                continue;
            }
            Descriptor descriptor = Descriptor.copy(table, at);
            int slot = at / Descriptor.SIZE;
            if (descriptor.id() != slot + 1) {
                throw new FormatException("SIF descriptor's id is not its place", tableOffset + at + Descriptor.ID_AT);
            }
            checkPlace(descriptor, tableOffset + at, fileSize);
            checkOverlap(descriptor, tableOffset + at, tableOffset, table.length);
            if (descriptor.isPrimaryPartition()) {
                if (primary) {
                    throw new FormatException("second primary partition in SIF", tableOffset + at);
                }
                primary = true;
            }
            descriptors.add(descriptor);
        }
        return descriptors;
    }

    /// @param at where the descriptor is in the file
    private static void checkPlace(Descriptor descriptor, long at, long fileSize) throws FormatException {
        long offset = descriptor.offset();
        long size = descriptor.size();
        if (offset < 0 || size < 0 || offset > Long.MAX_VALUE - size) {
            throw new FormatException("impossible place of SIF object " + descriptor.id(), at + Descriptor.OFFSET_AT);
        }
        if (size > 0 && offset + size > fileSize) { // others leave an empty object behind the end of the file
            throw new FormatException(
                    "truncated SIF: object " + descriptor.id() + " ends at byte " + (offset + size)
                            + " and the file at byte " + fileSize,
                    at + Descriptor.OFFSET_AT);
        }
    }

    private static void checkOverlap(Descriptor descriptor, long at, long tableOffset, int tableSize)
            throws FormatException {
        long offset = descriptor.offset();
        long end = offset + descriptor.size();
        boolean overTable = offset < tableOffset + tableSize && end > tableOffset;
        if (offset < end && (overTable || offset < SifHeader.SIZE)) {
            throw new FormatException(
                    "SIF object " + descriptor.id() + " overlaps header or descriptors", at + Descriptor.OFFSET_AT);
        }
    }

    /// The descriptor with this id; empty if there is none.
    public Optional<Descriptor> descriptor(int id) {
        for (Descriptor descriptor : descriptors) {
            if (descriptor.id() == id) {
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }

    /// The descriptors that all of these selectors choose, in the order of their ids.
    public List<Descriptor> select(Selector... selectors) {
        return descriptors.stream()
                .filter(descriptor -> Stream.of(selectors).allMatch(selector -> selector.chooses(descriptor)))
                .toList();
    }

    /// The partition that is run; empty for a file that only holds data, overlays or an OCI image.
    public Optional<Descriptor> primaryPartition() {
        for (Descriptor descriptor : descriptors) {
            if (descriptor.isPrimaryPartition()) {
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }

    /// Reads the content of an object, whole.
    ///
    /// @param channel the file that this was read from
    /// @param limitBytes the most that the caller will take
    /// @throws FormatException if it is larger, or the file has shrunk since
    public static byte[] read(FileChannel channel, Descriptor descriptor, int limitBytes) throws IOException {
        if (descriptor.size() > limitBytes) {
            throw new FormatException(
                    "SIF object " + descriptor.id() + " of " + descriptor.size() + " bytes where at most " + limitBytes
                            + " are expected",
                    descriptor.offset());
        }
        byte[] content = new byte[(int) descriptor.size()];
        new ByteRegion(channel, descriptor.offset(), descriptor.size()).read(0, content, content.length, "SIF object");
        return content;
    }
}
