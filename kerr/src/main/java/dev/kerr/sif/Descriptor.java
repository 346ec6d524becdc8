package dev.kerr.sif;

import dev.kerr.bytes.FormatException;
import dev.kerr.bytes.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// Describes one data object of an image: 585 bytes of the descriptor table, little-endian.
///
/// |  at | bytes | field                          |          |  at | bytes | field                     |
/// |----:|------:|--------------------------------|----------|----:|------:|---------------------------|
/// |   0 |     4 | data type                      |          |  33 |     8 | size with padding before  |
/// |   4 |     1 | used, 0 or 1                   |          |  41 |     8 | created, Unix s           |
/// |   5 |     4 | id                             |          |  49 |     8 | modified, Unix s          |
/// |   9 |     4 | group, with the mask           |          |  57 | 8 + 8 | uid, gid                  |
/// |  13 |     4 | linked object, or group + mask |          |  73 |   128 | name, NULs behind         |
/// |  17 |     8 | offset in the file             |          | 201 |   384 | extra, NULs behind        |
/// |  25 |     8 | size                           |          |     |       |                           |
///
/// Keeps the bytes and decodes a field when asked, because signatures cover the bytes as they are, and because a
/// launch needs few of the fields. Two descriptors are equal when their bytes are.
///
/// Source: sylabs/sif `pkg/sif/descriptor.go`, type `rawDescriptor`.
public final class Descriptor {
    /// Bytes of a descriptor.
    public static final int SIZE = 585;

    /// Bytes of the name.
    public static final int NAME_SIZE = 128;

    static final int TYPE_AT = 0;
    static final int USED_AT = 4;
    static final int ID_AT = 5;
    static final int GROUP_AT = 9;
    static final int LINK_AT = 13;
    static final int OFFSET_AT = 17;
    static final int SIZE_AT = 25;
    static final int PADDED_SIZE_AT = 33;
    static final int CREATED_AT = 41;
    static final int MODIFIED_AT = 49;
    static final int UID_AT = 57;
    static final int GID_AT = 65;
    static final int NAME_AT = 73;
    static final int EXTRA_AT = 201;

    /// Of a partition, within the extra.
    static final int PARTITION_TYPE_AT = EXTRA_AT + Extra.PARTITION_TYPE_AT;

    /// Of a partition, within the extra.
    static final int PARTITION_ARCHITECTURE_AT = EXTRA_AT + Extra.PARTITION_ARCHITECTURE_AT;

    /// Set in every group number, and in a link that means a group.
    static final int GROUP_MASK = 0xf000_0000;

    private final byte[] bytes;

    private Descriptor(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Copies the used descriptor at `at` of `table`, as it is.
    static Descriptor copy(byte[] table, int at) {
        return new Descriptor(Arrays.copyOfRange(table, at, at + SIZE));
    }

    /// Makes the descriptor of a new object, modified when it was made.
    static Descriptor of(int id, NewObject object, Place place, long seconds) {
        byte[] bytes = new byte[SIZE];
        LittleEndian.put32(bytes, TYPE_AT, object.type().code());
        bytes[USED_AT] = 1;
        LittleEndian.put32(bytes, ID_AT, id);
        LittleEndian.put32(bytes, GROUP_AT, GROUP_MASK | (int) object.group());
        LittleEndian.put32(bytes, LINK_AT, encode(object.link()));
        LittleEndian.put64(bytes, OFFSET_AT, place.offset());
        LittleEndian.put64(bytes, SIZE_AT, place.size());
        LittleEndian.put64(bytes, PADDED_SIZE_AT, place.gap() + place.size());
        LittleEndian.put64(bytes, CREATED_AT, seconds);
        LittleEndian.put64(bytes, MODIFIED_AT, seconds);
        byte[] name = object.name().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, bytes, NAME_AT, name.length);
        object.extra().encode(bytes, EXTRA_AT);
        return new Descriptor(bytes);
    }

    /// The same with another purpose of the partition, changed at `seconds`.
    Descriptor withPartitionType(PartitionType purpose, long seconds) {
        byte[] changed = bytes.clone();
        LittleEndian.put32(changed, PARTITION_TYPE_AT, purpose.code());
        LittleEndian.put64(changed, MODIFIED_AT, seconds);
        return new Descriptor(changed);
    }

    /// The same of an object that lies elsewhere.
    Descriptor at(Place place) {
        byte[] changed = bytes.clone();
        LittleEndian.put64(changed, OFFSET_AT, place.offset());
        LittleEndian.put64(changed, SIZE_AT, place.size());
        LittleEndian.put64(changed, PADDED_SIZE_AT, place.gap() + place.size());
        return new Descriptor(changed);
    }

    /// The same of an object that was changed at `seconds`.
    Descriptor modifiedAt(long seconds) {
        byte[] changed = bytes.clone();
        LittleEndian.put64(changed, MODIFIED_AT, seconds);
        return new Descriptor(changed);
    }

    private static int encode(Link link) {
        return switch (link) {
            case Link.None() -> 0;
            case Link.ToObject(long id) -> (int) id;
            case Link.ToGroup(long id) -> GROUP_MASK | (int) id;
        };
    }

    /// Where an object is.
    ///
    /// @param offset its first byte in the file
    /// @param size its bytes
    /// @param gap bytes left free before it, for alignment
    record Place(long offset, long size, long gap) {}

    /// Whether the slot at `at` of `table` holds a descriptor.
    ///
    /// @param tableOffset of the table in the file, for the message
    /// @throws FormatException if it says neither yes nor no
    static boolean isUsed(byte[] table, int at, long tableOffset) throws FormatException {
        byte used = table[at + USED_AT];
        if (used != 0 && used != 1) {
            throw new FormatException("SIF descriptor is neither used nor unused", tableOffset + at + USED_AT);
        }
        return used == 1;
    }

    /// The id: the number of its slot, from 1.
    public int id() {
        return LittleEndian.i32(bytes, ID_AT);
    }

    /// The kind of object.
    public DataType type() {
        return DataType.of(typeCode());
    }

    /// The kind of object as the file has it, known or not.
    public int typeCode() {
        return LittleEndian.i32(bytes, TYPE_AT);
    }

    /// The group it is in; empty if in none.
    public OptionalLong group() {
        int group = LittleEndian.i32(bytes, GROUP_AT) & ~GROUP_MASK;
        return group == 0 ? OptionalLong.empty() : OptionalLong.of(group);
    }

    /// What it is linked to.
    public Link link() {
        int link = LittleEndian.i32(bytes, LINK_AT);
        int id = link & ~GROUP_MASK;
        if (id == 0) {
            return new Link.None();
        }
        return (link & GROUP_MASK) == GROUP_MASK ? new Link.ToGroup(id) : new Link.ToObject(id);
    }

    /// Where the object begins in the file.
    public long offset() {
        return LittleEndian.i64(bytes, OFFSET_AT);
    }

    /// Bytes of the object.
    public long size() {
        return LittleEndian.i64(bytes, SIZE_AT);
    }

    /// Bytes of the object and of the gap that was left before it.
    public long sizeWithPadding() {
        return LittleEndian.i64(bytes, PADDED_SIZE_AT);
    }

    /// When the object was made, Unix seconds; [SifHeader#NO_TIME] for never.
    public long createdSeconds() {
        return LittleEndian.i64(bytes, CREATED_AT);
    }

    /// When the object was changed last, Unix seconds; [SifHeader#NO_TIME] for never.
    public long modifiedSeconds() {
        return LittleEndian.i64(bytes, MODIFIED_AT);
    }

    /// Owner, of no meaning: writers put 0.
    public long uid() {
        return LittleEndian.i64(bytes, UID_AT);
    }

    /// Group of the owner, of no meaning: writers put 0.
    public long gid() {
        return LittleEndian.i64(bytes, GID_AT);
    }

    /// The name, which may hold anything: escape it before showing it. Empty for none.
    public String name() {
        int length = NAME_SIZE;
        while (length > 0 && bytes[NAME_AT + length - 1] == 0) {
            length--;
        }
        return new String(bytes, NAME_AT, length, StandardCharsets.UTF_8);
    }

    /// What the kind of object has to say besides.
    public Extra extra() {
        return Extra.decode(type(), bytes, EXTRA_AT);
    }

    /// File system, purpose and architecture of a partition; empty for another object.
    public Optional<Extra.Partition> partition() {
        return extra() instanceof Extra.Partition partition ? Optional.of(partition) : Optional.empty();
    }

    /// Whether this is the partition that is run.
    public boolean isPrimaryPartition() {
        return typeCode() == DataType.PARTITION.code()
                && LittleEndian.i32(bytes, PARTITION_TYPE_AT) == PartitionType.PRIMARY_SYSTEM.code();
    }

    /// The 585 bytes, a copy.
    public byte[] encoded() {
        return bytes.clone();
    }

    /// What a signature of its group covers: all but id, group, place and time of change, so that objects may move. 557
    /// bytes.
    ///
    /// Source: sylabs/sif `pkg/integrity/metadata.go`, `pkg/sif/descriptor.go`.
    ///
    /// @param relativeId its id less the smallest of its group
    public byte[] signed(long relativeId) {
        var covered = new ByteArrayOutputStream();
        covered.write(bytes, TYPE_AT, ID_AT - TYPE_AT);
        byte[] id = new byte[GROUP_AT - ID_AT];
        LittleEndian.put32(id, 0, (int) relativeId);
        covered.write(id, 0, id.length);
        covered.write(bytes, LINK_AT, OFFSET_AT - LINK_AT);
        covered.write(bytes, SIZE_AT, PADDED_SIZE_AT - SIZE_AT);
        covered.write(bytes, CREATED_AT, MODIFIED_AT - CREATED_AT);
        covered.write(bytes, UID_AT, SIZE - UID_AT);
        return covered.toByteArray();
    }

    /// Refuses a number that does not fit below the group mask.
    static void requireId(long id) {
        if (id <= 0 || id > ~GROUP_MASK) {
            throw new IllegalArgumentException("no such id: " + id);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Descriptor that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Descriptor[id=" + id() + ", type=" + type() + ", offset=" + offset() + ", size=" + size() + "]";
    }
}
