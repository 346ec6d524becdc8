package dev.kerr.sif;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A data object to be written.
///
/// @param type of the object
/// @param name at most 128 bytes of UTF-8; may be empty
/// @param extra what the type has to say besides
/// @param content its bytes
/// @param group it is in; 0 for none
/// @param link what it is linked to
public record NewObject(DataType type, String name, Extra extra, ObjectContent content, long group, Link link) {
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

    private static NewObject plain(DataType type, String name, byte[] content) {
        return new NewObject(
                type, name, new Extra.None(), new ObjectContent.Bytes(content), DEFAULT_GROUP, new Link.None());
    }

    /// Bytes whose multiple the object's offset must be: what is mounted begins on a page.
    long alignment() {
        return type == DataType.PARTITION ? PARTITION_ALIGNMENT : 1;
    }

    boolean isPrimaryPartition() {
        return extra instanceof Extra.Partition partition && partition.partitionType() == PartitionType.PRIMARY_SYSTEM;
    }
}
