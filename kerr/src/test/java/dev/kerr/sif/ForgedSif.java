package dev.kerr.sif;

import dev.kerr.bytes.LittleEndian;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A small SIF file in memory, to be damaged: five slots right behind the header, a definition file, a primary and an
/// overlay partition, and a signature.
final class ForgedSif {
    static final int TABLE = SifHeader.SIZE;
    static final int SLOTS = 5;
    static final int DATA = TABLE + SLOTS * Descriptor.SIZE;
    static final int OBJECT_SIZE = 8;
    static final int SIZE = DATA + 4 * OBJECT_SIZE;

    private byte[] bytes = new byte[SIZE];

    ForgedSif() {
        var header = new SifHeader(
                SifHeader.LAUNCH_SCRIPT,
                Architecture.AMD64,
                SifHeader.NO_ID,
                1000,
                1000,
                new SifHeader.Table(1, SLOTS, TABLE, SLOTS * Descriptor.SIZE),
                DATA,
                4 * OBJECT_SIZE);
        System.arraycopy(header.encoded(), 0, bytes, 0, SifHeader.SIZE);
        var content = new ObjectContent.Bytes(new byte[OBJECT_SIZE]);
        object(1, new NewObject(DataType.DEFINITION_FILE, "", new Extra.None(), content, 1, new Link.None()));
        object(2, NewObject.partition(partition(PartitionType.PRIMARY_SYSTEM), content));
        object(3, NewObject.partition(partition(PartitionType.OVERLAY), content));
        var signature = new Extra.Signature(HashType.SHA256, "");
        object(4, new NewObject(DataType.SIGNATURE, "", signature, content, 0, new Link.ToGroup(1)));
    }

    private static Extra.Partition partition(PartitionType purpose) {
        return new Extra.Partition(FsType.SQUASHFS, purpose, Architecture.AMD64);
    }

    private void object(int id, NewObject object) {
        int offset = DATA + (id - 1) * OBJECT_SIZE;
        Arrays.fill(bytes, offset, offset + OBJECT_SIZE, (byte) id);
        byte[] slot = Descriptor.of(id, object, new Descriptor.Place(offset, OBJECT_SIZE, 0), 1000)
                .encoded();
        System.arraycopy(slot, 0, bytes, slot(id), slot.length);
    }

    /// Where the descriptor of an object is.
    static int slot(int id) {
        return TABLE + (id - 1) * Descriptor.SIZE;
    }

    ForgedSif put32(int at, int value) {
        LittleEndian.put32(bytes, at, value);
        return this;
    }

    ForgedSif put64(int at, long value) {
        LittleEndian.put64(bytes, at, value);
        return this;
    }

    ForgedSif put8(int at, int value) {
        bytes[at] = (byte) value;
        return this;
    }

    ForgedSif text(int at, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(encoded, 0, bytes, at, encoded.length);
        return this;
    }

    ForgedSif cut(int size) {
        bytes = Arrays.copyOf(bytes, size);
        return this;
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
