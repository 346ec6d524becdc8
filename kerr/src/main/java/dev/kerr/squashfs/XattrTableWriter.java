package dev.kerr.squashfs;

import dev.kerr.bytes.ByteStrings;
import dev.kerr.bytes.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/// The extended attributes of all files: each set of them once, and each long value once.
final class XattrTableWriter {
    /// Stands for no extended attributes.
    static final long NONE = 0xffff_ffffL;

    private static final int HEADER_SIZE = 16;
    private static final int REFERENCE_SIZE = 8;
    private static final int ELSEWHERE = 0x100;

    private final MetadataWriter pairs;
    private final MetadataWriter ids;
    private final Map<ByteBuffer, Integer> sets = new HashMap<>();
    private final Map<ByteBuffer, Long> values = new HashMap<>();

    XattrTableWriter(MetadataWriter pairs, MetadataWriter ids) {
        this.pairs = pairs;
        this.ids = ids;
    }

    /// The place of this set in the table, which it is added to; [#NONE] for the empty one.
    long index(SortedMap<String, byte[]> xattrs) {
        if (xattrs.isEmpty()) {
            return NONE;
        }
        ByteBuffer set = serialized(xattrs);
        Integer known = sets.get(set);
        if (known != null) {
            return known;
        }
        int index = sets.size();
        sets.put(set, index);
        long reference = pairs.reference();
        long size = 0;
        for (Map.Entry<String, byte[]> pair : xattrs.entrySet()) {
            size += write(pair.getKey(), pair.getValue());
        }
        ids.put64(reference);
        ids.put32(xattrs.size());
        ids.put32(size);
        return index;
    }

    /// All names and values in one array, to compare sets by.
    private static ByteBuffer serialized(SortedMap<String, byte[]> xattrs) {
        var bytes = new ByteArrayOutputStream();
        byte[] length = new byte[Integer.BYTES];
        xattrs.forEach((name, value) -> {
            bytes.writeBytes(ByteStrings.bytes(name));
            bytes.write(0);
            LittleEndian.put32(length, 0, value.length);
            bytes.writeBytes(length);
            bytes.writeBytes(value);
        });
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /// @return the bytes written
    private int write(String fullName, byte[] value) {
        int prefix = prefix(fullName);
        byte[] name = ByteStrings.bytes(fullName.substring(Xattrs.PREFIXES[prefix].length()));
        Long elsewhere = value.length > REFERENCE_SIZE ? values.get(ByteBuffer.wrap(value)) : null;
        pairs.put16(elsewhere == null ? prefix : prefix | ELSEWHERE);
        pairs.put16(name.length);
        pairs.put(name);
        int fixed = 2 * Short.BYTES + name.length + Integer.BYTES;
        if (elsewhere != null) {
            pairs.put32(REFERENCE_SIZE);
            pairs.put64(elsewhere);
            return fixed + REFERENCE_SIZE;
        }
        if (value.length > REFERENCE_SIZE) {
            values.put(ByteBuffer.wrap(value), pairs.reference());
        }
        pairs.put32(value.length);
        pairs.put(value);
        return fixed + value.length;
    }

    private static int prefix(String name) {
        for (int i = 0; i < Xattrs.PREFIXES.length; i++) {
            if (name.startsWith(Xattrs.PREFIXES[i])) {
                return i;
            }
        }
        throw new IllegalStateException("extended attribute " + name);
    }

    /// Writes the table.
    ///
    /// @return where its header is, or [Superblock.Tables#ABSENT] without any attributes
    long writeTo(Output output) throws IOException {
        if (sets.isEmpty()) {
            return Superblock.Tables.ABSENT;
        }
        byte[] header = new byte[HEADER_SIZE];
        LittleEndian.put64(header, 0, pairs.writeTo(output));
        LittleEndian.put32(header, 8, sets.size());
        return ids.writeWithList(output, header);
    }
}
