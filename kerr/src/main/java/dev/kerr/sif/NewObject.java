package dev.kerr.sif;

import dev.kerr.bytes.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A data object to be written.
///
/// @param type of the object
/// @param name at most 128 bytes of UTF-8; may be empty
/// @param extra what the type has to say besides; [Extra.None] for an index or blob of OCI means that the digest is
///     to be that of the content
/// @param content its bytes
/// @param group it is in; 0 for none
/// @param link what it is linked to
/// @param alignment bytes whose multiple its offset in the file is to be, at least 1
public record NewObject(
        DataType type, String name, Extra extra, ObjectContent content, long group, Link link, long alignment) {
    /// The group that objects are in unless something speaks against it.
    public static final long DEFAULT_GROUP = 1;

    private static final long PARTITION_ALIGNMENT = 4096;

    /// Refuses null, a name that is too long, and a group that the file cannot hold.
    public NewObject {
        Objects.requireNonNull(type);
        Objects.requireNonNull(extra);
        Objects.requireNonNull(content);
        Objects.requireNonNull(link);
        if (name.getBytes(StandardCharsets.UTF_8).length > Descriptor.NAME_SIZE) {
            throw new IllegalArgumentException("name of an object is longer than " + Descriptor.NAME_SIZE + " bytes");
        }
        if (group != 0) {
            Descriptor.requireId(group);
        }
        if (alignment < 1) {
            throw new IllegalArgumentException("no such alignment: " + alignment);
        }
    }

    /// An object where its type usually goes: what is mounted begins on a page, anything else anywhere.
    public NewObject(DataType type, String name, Extra extra, ObjectContent content, long group, Link link) {
        this(type, name, extra, content, group, link, usualAlignment(type));
    }

    /// Bytes whose multiple the offset of an object of this type usually is.
    public static long usualAlignment(DataType type) {
        return type == DataType.PARTITION ? PARTITION_ALIGNMENT : 1;
    }

    /// The definition file that an image was built from.
    public static NewObject definitionFile(byte[] text) {
        return plain(DataType.DEFINITION_FILE, "", text);
    }

    /// A JSON document told by its name, such as `inspect-metadata.json`.
    public static NewObject genericJson(String name, byte[] json) {
        return plain(DataType.GENERIC_JSON, name, json);
    }

    /// A file system.
    public static NewObject partition(Extra.Partition partition, ObjectContent content) {
        return new NewObject(DataType.PARTITION, "", partition, content, DEFAULT_GROUP, new Link.None());
    }

    /// A layer, configuration or manifest of an OCI image, known by the digest of its content.
    public static NewObject ociBlob(ObjectContent content) {
        return new NewObject(DataType.OCI_BLOB, "", new Extra.None(), content, DEFAULT_GROUP, new Link.None());
    }

    /// The index of the OCI images in the file.
    public static NewObject ociRootIndex(ObjectContent content) {
        return new NewObject(DataType.OCI_ROOT_INDEX, "", new Extra.None(), content, DEFAULT_GROUP, new Link.None());
    }

    private static NewObject plain(DataType type, String name, byte[] content) {
        return new NewObject(
                type, name, new Extra.None(), new ObjectContent.Bytes(content), DEFAULT_GROUP, new Link.None());
    }

    /// The same with another extra.
    public NewObject withExtra(Extra other) {
        return new NewObject(type, name, other, content, group, link, alignment);
    }

    /// Whether the digest of the content is to be computed while it is written.
    boolean wantsDigest() {
        return (type == DataType.OCI_ROOT_INDEX || type == DataType.OCI_BLOB) && extra instanceof Extra.None;
    }

    /// Where the object goes if what is before it ends at `end`.
    ///
    /// @throws FormatException if no file is that large
    long offsetBehind(long end) throws FormatException {
        long over = end % alignment;
        if (over == 0) {
            return end;
        }
        if (end > Long.MAX_VALUE - alignment) {
            throw new FormatException("no place for an object behind the last one", end);
        }
        return end + alignment - over;
    }

    boolean isPrimaryPartition() {
        return extra instanceof Extra.Partition partition && partition.partitionType() == PartitionType.PRIMARY_SYSTEM;
    }
}
